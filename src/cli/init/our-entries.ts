import { isObject } from './formats/format.ts';

/** A server in the file of a client. */
export interface ServerEntry {
  readonly name: string;
  /** Empty for a server that the client does not start. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The address of a server on another machine. */
  readonly url?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What keeps a client from using it, as far as the entry itself shows it. */
  readonly problem?: string | undefined;
}

export const switchedOff = 'is switched off';

/**
 * The entries of this server, whatever their name.
 * @param url also those with this address.
 */
export function ourEntries(
  servers: Readonly<Record<string, unknown>>,
  program: string,
  url?: string,
): ServerEntry[] {
  return Object.entries(servers)
    .map(([name, value]) => parseEntry(name, value))
    .filter(
      (entry) =>
        [entry.name, entry.command, ...entry.args].some(
          (text) => text === program || text.includes('opencx-sessions'),
        ) ||
        (url !== undefined && entry.url === url),
    );
}

/** Reads an entry in the form of any client. */
function parseEntry(name: string, value: unknown): ServerEntry {
  const { command, cmd, args, env, envs, environment, ...rest } = isObject(value) ? value : {};
  const [program, ...flags] = Array.isArray(command) ? command : [command ?? cmd, ...listOf(args)];
  const url = [rest['url'], rest['httpUrl'], rest['serverUrl'], rest['uri']].find((one) => one !== undefined);
  return {
    name,
    command: String(program ?? ''),
    args: flags.map(String),
    env: textsOf(env ?? envs ?? environment),
    ...(url !== undefined && { url: String(url) }),
    headers: textsOf(rest['headers'] ?? rest['http_headers']),
    problem:
      rest['disabled'] === true || rest['enabled'] === false
        ? switchedOff
        : url === undefined
          ? startProblem(program, args)
          : undefined,
  };
}

function startProblem(program: unknown, args: unknown): string | undefined {
  if (typeof program !== 'string' || program.trim() === '') return 'has no command to start';
  if (args !== undefined && !Array.isArray(args)) return 'has "args" that are not a list';
  return undefined;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const textsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(Object(value)).map(([key, text]) => [key, String(text)]));

/** Shorter texts are no keys, and may occur anywhere in a file. */
const shortestSecret = 8;

/** The API key and the token that stand in an entry in plain text. */
export function entrySecrets(value: unknown): string[] {
  const { env, headers } = parseEntry('', value);
  const authorization = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization');
  const token = authorization?.[1].replace(/^Bearer +/i, '');
  return [env['OPENCX_API_KEY'], token?.startsWith('ocxt_') ? token : undefined].filter(
    (text): text is string => text !== undefined && text.length >= shortestSecret && !/^[${%]/.test(text),
  );
}
