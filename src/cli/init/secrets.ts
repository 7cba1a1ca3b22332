import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../../state/files/make-folder.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { bareValue, type Environment, readSettings } from '../settings/read-settings.ts';
import { keyProblem, requireApiKey } from '../setup/api/api-key.ts';
import { readToken } from '../setup/token.ts';
import type { Terminal } from './terminal.ts';

/** What clients need secrets for. A person is asked for each once, however many clients there are. */
export interface Secrets {
  /** As `provideKeyFile`. */
  keyFile(file: string): Promise<boolean>;
  /** As `tokenToStore`. */
  token(): Promise<string>;
}

export function askOnce(env: Environment, terminal: Terminal): Secrets {
  const keyFiles = new Map<string, Promise<boolean>>();
  let token: Promise<string> | undefined;
  return {
    keyFile(file) {
      const provided = keyFiles.get(file) ?? provideKeyFile(file, terminal);
      keyFiles.set(file, provided);
      return provided;
    },
    token() {
      token ??= tokenToStore(env, terminal);
      return token;
    },
  };
}

const maxAttempts = 3;

/** Asks for a secret until it can be one. @returns undefined if the person gives none. */
async function askFor(
  question: string,
  name: 'key' | 'token',
  terminal: Terminal,
): Promise<string | undefined> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const answer = bareValue(await terminal.askSecret(question));
    if (answer === '') return undefined;
    const problem = keyProblem(answer, name);
    if (problem === undefined) return answer;
    process.stdout.write(`The ${name} ${problem}\n`);
  }
  throw new ConfigurationError(`No usable ${name} was given. Nothing was changed.`);
}

/**
 * Asks for the API key, and saves it in a file that only its owner can read.
 * @returns whether there is such a file now.
 */
async function provideKeyFile(file: string, terminal: Terminal): Promise<boolean> {
  if (existsSync(file)) return true;
  if (!terminal.isInteractive) return false;
  process.stdout.write('Create a key in the OpenCX dashboard under Settings, Access.\n');
  const key = await askFor('Paste the API key (it is not shown; Enter to skip): ', 'key', terminal);
  if (key === undefined) return false;
  try {
    await makeFolder(dirname(file), 0o700);
    await writeFile(file, `${key}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new ConfigurationError(
      `${file} cannot be written (${(error as Error).message}). Nothing was changed.`,
    );
  }
  process.stdout.write(`Saved the key in ${file}. Only you can read it.\n\n`);
  return true;
}

/** @throws ConfigurationError when no key is configured. */
export async function keyToStore(env: Environment): Promise<string> {
  const settings = readSettings('serve', {}, env);
  return requireApiKey(settings, '--with-key: set OPENCX_API_KEY to the key to store.');
}

/** @throws ConfigurationError when no token is configured or given. */
async function tokenToStore(env: Environment, terminal: Terminal): Promise<string> {
  const { key, problem } = await readToken(env);
  if (problem !== undefined) throw new ConfigurationError(problem);
  if (key !== undefined) return key;
  const asked = terminal.isInteractive
    ? await askFor('Paste the token (it is not shown): ', 'token', terminal)
    : undefined;
  if (asked !== undefined) return asked;
  throw new ConfigurationError('--with-token: set OPENCX_TOKEN to the token to store, or OPENCX_TOKEN_FILE.');
}
