import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolder } from '../../settings/home-folder.ts';
import type { Settings } from '../../settings/settings.ts';

/**
 * Without a key for the usual API, the file that init saves it in is used, if there is one: a shell lacks the variables of a
 * client's entry, and a program that was started from a dock lacks those of a shell.
 */
export function withSavedKey<
  T extends Pick<Settings<'serve'>, 'sandbox' | 'apiUrl' | 'apiKey' | 'apiKeyFile'>,
>(settings: T): T {
  const { sandbox, apiUrl, apiKey, apiKeyFile } = settings;
  if (sandbox || apiUrl !== undefined || apiKey !== undefined || apiKeyFile !== undefined) return settings;
  const saved = join(homeFolder(), '.opencx', 'api-key.txt');
  return existsSync(saved) ? { ...settings, apiKeyFile: saved } : settings;
}
