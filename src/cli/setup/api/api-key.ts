import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { sep } from 'node:path';
import { isValidApiKey } from '../../../client/api-key.ts';
import { ConfigurationError } from '../../settings/configuration-error.ts';
import { bareValue, isPlaceholder } from '../../settings/read-settings.ts';
import type { Settings } from '../../settings/settings.ts';

/** The key, or why there is none that can be used. Both are absent if none is configured. */
export interface ApiKey {
  readonly key?: string;
  /** Sentences that name the setting, say what is wrong and how to fix it. They never contain the key. */
  readonly problem?: string;
  /** Oddities of the key file that do no harm to the server. */
  readonly warnings: readonly { readonly detail: string; readonly fix: string }[];
}

/** What it is called in sentences. */
type Noun = 'key' | 'token';

type KeySettings = Pick<Settings<'serve'>, 'apiKey' | 'apiKeyFile'>;

/** Reads the API key from its variable or its file. */
export async function readApiKey({ apiKey, apiKeyFile }: KeySettings): Promise<ApiKey> {
  if (apiKey !== undefined) return checkKey('OPENCX_API_KEY', apiKey, []);
  return apiKeyFile === undefined ? { warnings: [] } : readKeyFile(apiKeyFile, 'OPENCX_API_KEY_FILE');
}

/** @param source names the setting in problems. @param noun what the file should contain. */
export async function readKeyFile(file: string, source: string, noun: Noun = 'key'): Promise<ApiKey> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return { problem: `${source}: ${readProblem(error as NodeJS.ErrnoException, file, noun)}`, warnings: [] };
  }
  if (bytes.includes(0)) {
    return { problem: `${source}: the file is not UTF-8 text (UTF-16?). Save it as UTF-8.`, warnings: [] };
  }
  const text = bytes.toString('utf8').trim();
  const key = bareValue(text);
  if (key === '') return { problem: `${source}: the file is empty. Save the ${noun} in it.`, warnings: [] };
  const warnings = [];
  if (key !== text) {
    warnings.push({
      detail: `there are quotes around the ${noun} in its file; they are ignored`,
      fix: 'Remove the quotes.',
    });
  }
  if (await isOpenToOthers(file)) {
    warnings.push({
      detail: `other users of this machine can read the ${noun} file`,
      fix: `chmod 600 ${file}`,
    });
  }
  return checkKey(source, key, warnings, noun);
}

async function isOpenToOthers(file: string): Promise<boolean> {
  // Windows has no such permissions.
  if (process.platform === 'win32') return false;
  const { mode, uid } = await stat(file);
  // A mounted secret, as in Kubernetes, belongs to root, and to a group so that this user can read it.
  return (mode & (uid === process.getuid?.() ? 0o077 : 0o007)) !== 0;
}

function readProblem({ code }: NodeJS.ErrnoException, file: string, noun: Noun): string {
  if (code === 'ENOENT') return `file not found${placeOf(file)}. Create it, with only the ${noun} in it.`;
  if (code === 'EISDIR') return `this is a folder. Set it to a file that contains only the ${noun}.`;
  return `the file cannot be read (${code}). Make it readable for this user.`;
}

/** A value that is not below the home folder is not repeated: it may be the key itself, set by mistake. */
function placeOf(file: string): string {
  const home = `${homedir()}${sep}`;
  return home.length > 2 && file.startsWith(home) ? ` (~/${file.slice(home.length)})` : '';
}

export function checkKey(
  setting: string,
  key: string,
  warnings: ApiKey['warnings'] = [],
  noun: Noun = 'key',
): ApiKey {
  const problem = keyProblem(key, noun);
  return problem === undefined ? { key, warnings } : { problem: `${setting}: ${problem}`, warnings };
}

/**
 * What stands where the key should be: a sentence whose subject is left out. Keys are random, so these never match one.
 */
export function keyProblem(text: string, noun: Noun = 'key'): string | undefined {
  if (/^(?:export\s+|set\s+)?(?=[a-z_]*(?:KEY|TOKEN))\w+\s*[=:]/i.test(text)) {
    return `begins with a name, as in NAME=${noun}. Keep only the ${noun}.`;
  }
  if (/^(?:Authorization:|Bearer\s)/i.test(text)) return `begins with "Bearer". Keep only the ${noun}.`;
  if (isPlaceholder(text)) return `is a placeholder that nothing replaced. Set it to the ${noun} itself.`;
  if (isExample(text)) return `is an example text, not a ${noun}. Replace it with your ${noun}.`;
  if (/…|\.{3}|\*{3}|•/.test(text))
    return `is a shortened ${noun}, as dashboards show it. Copy the whole ${noun}.`;
  if (/[\r\n]/.test(text)) return `has more than one line. Keep only the ${noun}.`;
  if (!isValidApiKey(text)) {
    return `contains spaces or other characters that HTTP headers do not allow. Copy the ${noun} again, with nothing around it.`;
  }
  return undefined;
}

function isExample(text: string): boolean {
  const words =
    /(?:^|[^a-z])(?:your|my|paste|insert|replace|change|enter|put|the|example|dummy|here|todo)(?![a-z])/i;
  return (
    /^(?:<.*>|\[.*\]|\{.*\}|x{4,}|(?:opencx[-_ ]?)?(?:api[-_ ]?)?(?:key|token|secret))$/is.test(text) ||
    (words.test(text) && /(?:^|[^a-z])(?:key|token|secret|here|me|this)(?![a-z])/i.test(text))
  );
}

/** @throws ConfigurationError unless a key is configured that can be used. */
export async function requireApiKey(settings: KeySettings, otherwise: string): Promise<string> {
  const { key, problem } = await readApiKey(settings);
  if (key === undefined) throw new ConfigurationError(problem ?? otherwise);
  return key;
}
