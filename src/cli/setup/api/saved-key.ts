import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolder } from '../../settings/home-folder.ts';
import type { Environment } from '../../settings/read-settings.ts';
import type { Settings } from '../../settings/settings.ts';

const names = ['OPENCX_API_KEY', 'OPENCX_API_KEY_FILE', 'OPENCX_API_URL'];

/**
 * Without a key for the usual API, the file that init saves it in is used, if there is one: a shell lacks the variables of a
 * client's entry, and a program that was started from a dock lacks those of a shell. A variable that is there, even empty
 * or with a placeholder in it, was meant to name another account, and must not lead to this one.
 */
export function withSavedKey<T extends Pick<Settings<'serve'>, 'sandbox' | 'apiKeyFile'>>(
  settings: T,
  env: Environment,
): T {
  if (settings.sandbox || names.some((name) => env[name] !== undefined)) return settings;
  const saved = savedKeyFile();
  return saved !== undefined && existsSync(saved) ? { ...settings, apiKeyFile: saved } : settings;
}

function savedKeyFile(): string | undefined {
  try {
    return join(homeFolder(), '.opencx', 'api-key.txt');
  } catch {
    // A user in a container may have no home.
    return undefined;
  }
}
