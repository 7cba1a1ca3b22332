import { isDeepStrictEqual } from 'node:util';
import type { McpClient } from './clients/client.ts';
import { type KeyChoice, placeholderOf, promptFor } from './entry.ts';
import { type Format, isObject, type Json } from './formats/format.ts';
import { formatOf } from './formats/format-of.ts';
import { addToList, removeFromList } from './formats/json.ts';
import { entrySecrets } from './our-entries.ts';
import { UnusableFileError } from './unusable-file.ts';

export type MergeResult =
  | { readonly outcome: 'unchanged' }
  /** A different entry with the same name exists, and `replace` is not set. */
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'merged'; readonly text: string };

/** What to add: an entry under a name, and the prompt of the client that it needs. */
export interface Addition {
  readonly name: string;
  readonly entry: Json;
  readonly key: KeyChoice;
}

/**
 * Adds an entry to the text of a client's file. Preserves everything else, including comments, order and line endings.
 * @param text empty for a missing file.
 * @throws UnusableFileError when the text does not have the documented structure.
 */
export async function mergeEntry(
  text: string,
  client: McpClient,
  addition: Addition,
  replace: boolean,
): Promise<MergeResult> {
  const file = await open(text, client);
  const existing = file.servers?.[addition.name];
  if (isDeepStrictEqual(existing, addition.entry)) return { outcome: 'unchanged' };
  if (existing !== undefined && !replace) return { outcome: 'conflict' };
  return { outcome: 'merged', text: withEntry(file, addition) };
}

/**
 * Takes an entry out of the text of a client's file, and the prompt that nothing else uses.
 * @param backup the text before the last change. If the entry was added to exactly that, it comes back as it was, with
 *   the white space and commas that adding had to change.
 * @throws UnusableFileError as for `mergeEntry`.
 */
export async function removeEntry(
  text: string,
  client: McpClient,
  name: string,
  backup?: string,
): Promise<string> {
  const file = await open(text, client);
  const entry = file.servers?.[name];
  if (backup !== undefined && isObject(entry) && (await isResult(text, client, name, entry, backup))) {
    return backup;
  }
  const { [name]: _, ...others } = file.servers ?? {};
  let edited = file.format.remove(file.body, file.path, name);
  const expected = withMember(file.value, file.path, others);
  for (const { id } of client.asksForKey ? promptKinds.map(promptFor) : []) {
    const inputs = inputsOf(expected);
    const index = inputs?.findIndex((input) => isPrompt(input, id)) ?? -1;
    if (!inputs || index < 0 || JSON.stringify(others).includes(placeholderOf(id))) continue;
    edited = removeFromList(edited, 'inputs', index);
    expected['inputs'] = inputs.filter((_, at) => at !== index);
  }
  return file.mark + verified(edited, expected, file);
}

/** Whether a text is what adding this entry to the backup gives. */
async function isResult(
  text: string,
  client: McpClient,
  name: string,
  entry: Json,
  backup: string,
): Promise<boolean> {
  const prompt = promptKinds.find((kind) =>
    JSON.stringify(entry).includes(placeholderOf(promptFor(kind).id)),
  );
  const key: KeyChoice = prompt === undefined ? { kind: 'none' } : { kind: prompt };
  try {
    const merged = await mergeEntry(backup, client, { name, entry, key }, false);
    return merged.outcome === 'merged' && merged.text === text;
  } catch (error) {
    if (error instanceof UnusableFileError) return false;
    throw error;
  }
}

/** The entries of a client's file by name. Empty if there are none. */
export async function entriesOf(text: string, client: McpClient): Promise<Json> {
  if (text.trim() === '') return {};
  return (await open(text, client)).servers ?? {};
}

/** The text with `[removed]` in place of every key and token in entries, for the backup. */
export async function withoutKeys(text: string, client: McpClient): Promise<string> {
  const secrets = Object.values(await entriesOf(text, client)).flatMap(entrySecrets);
  return secrets.reduce((kept, secret) => {
    const written = JSON.stringify(secret).slice(1, -1);
    return kept.replaceAll(written, '[removed]').replaceAll(secret, '[removed]');
  }, text);
}

interface File {
  readonly client: McpClient;
  readonly format: Format;
  /** The byte order mark, if there is one. */
  readonly mark: string;
  readonly body: string;
  readonly value: Json;
  readonly path: readonly string[];
  readonly servers: Json | undefined;
}

async function open(text: string, client: McpClient): Promise<File> {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  if (mark && client.strict) {
    throw new UnusableFileError(
      `begins with a byte order mark, which ${client.title} cannot read: save it as UTF-8 without BOM`,
    );
  }
  const format = await formatOf(client);
  const content = text.slice(mark.length);
  const body = client.format === 'json' && content.trim() === '' ? '{}\n' : content;
  const value = format.parse(body);
  const path = typeof client.servers === 'function' ? client.servers(value) : client.servers;
  return { client, format, mark, body, value, path, servers: serversIn(value, path) };
}

function serversIn(file: Json, path: readonly string[]): Json | undefined {
  const servers = path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), file);
  if (servers === undefined || servers === null || isObject(servers)) return servers ?? undefined;
  throw new UnusableFileError(`has a "${path.join('.')}" that is not an object`);
}

function withEntry(file: File, { name, entry, key }: Addition): string {
  const { format, body, path, servers = {} } = file;
  let edited = format[Object.hasOwn(servers, name) ? 'replace' : 'add'](body, path, name, entry);
  const expected = withMember(file.value, path, { ...servers, [name]: entry });
  if (key.kind === 'input' || key.kind === 'token-input') {
    const prompt = promptFor(key.kind);
    const inputs = inputsOf(file.value);
    if (!inputs?.some((input) => isPrompt(input, prompt.id))) {
      edited = addToList(edited, 'inputs', prompt);
      expected['inputs'] = [...(inputs ?? []), prompt];
    }
  }
  return file.mark + verified(edited, expected, file);
}

/** Fails for a duplicate key, for example: the first one is edited, but the last one is read. */
function verified(edited: string, expected: Json, { format, path }: File): string {
  const normal = (value: Json) =>
    serversIn(value, path) === undefined ? withMember(value, path, {}) : value;
  try {
    if (isDeepStrictEqual(normal(format.parse(edited)), normal(expected))) return edited;
  } catch (error) {
    if (!(error instanceof UnusableFileError)) throw error;
  }
  throw new UnusableFileError(
    'cannot be edited without changing other entries (is there a duplicate key, an alias, or a table on one line?)',
  );
}

function withMember(file: Json, [key, ...rest]: readonly string[], value: Json): Json {
  if (key === undefined) return { ...value };
  const inner = file[key];
  return {
    ...file,
    [key]: rest.length === 0 ? value : withMember(isObject(inner) ? inner : {}, rest, value),
  };
}

const promptKinds = ['input', 'token-input'] as const;

const isPrompt = (input: unknown, id: string) => isObject(input) && input['id'] === id;

function inputsOf({ inputs }: Json): unknown[] | undefined {
  if (inputs === undefined || Array.isArray(inputs)) return inputs;
  throw new UnusableFileError('has a "inputs" that is not a list');
}
