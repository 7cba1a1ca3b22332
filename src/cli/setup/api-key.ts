import { readFile } from 'node:fs/promises';
import { isValidApiKey } from '../../client/api-key.ts';
import { ConfigurationError } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';

/**
 * Reads the API key from its variable or its file.
 * @returns undefined if neither is set.
 * @throws ConfigurationError when the file cannot be read or the key is malformed.
 */
export async function readApiKey(
  settings: Pick<Settings<'serve'>, 'apiKey' | 'apiKeyFile'>,
): Promise<string | undefined> {
  const apiKey = settings.apiKey?.trim() ?? (await readKeyFile(settings.apiKeyFile));
  if (apiKey && !isValidApiKey(apiKey)) {
    throw new ConfigurationError(
      'The API key contains spaces or other characters that HTTP headers do not allow. Copy it again, with nothing around it.',
    );
  }
  return apiKey;
}

async function readKeyFile(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  // The message does not repeat the value: it may be the key itself, set by mistake.
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigurationError(
      error.code === 'ENOENT'
        ? 'OPENCX_API_KEY_FILE: file not found. It must be the path of a file that contains only the key.'
        : `OPENCX_API_KEY_FILE: the file cannot be read (${error.code}).`,
    );
  });
  if (text.trim() === '') throw new ConfigurationError('OPENCX_API_KEY_FILE: the file is empty.');
  return text.trim();
}
