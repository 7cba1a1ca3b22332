import { resolve } from 'node:path';
import type { Environment } from '../settings/read-settings.ts';
import { expandHome } from '../settings/value-schemas.ts';
import { type ApiKey, checkKey, readKeyFile } from '../setup/api/api-key.ts';

/** Where the team file says that a secret is. */
interface SecretPlace {
  readonly file?: string | undefined;
  readonly variable?: string | undefined;
}

/**
 * Reads a secret that the team file names.
 * @param setting what the settings of its place begin with, such as `workspaces.acme.api_key`.
 * @param folder of the team file: the path of a secret is relative to it.
 * @returns undefined if no place is set.
 */
export async function readSecret(
  { file, variable }: SecretPlace,
  setting: string,
  folder: string,
  env: Environment,
): Promise<ApiKey | undefined> {
  if (file !== undefined) return readKeyFile(resolve(folder, expandHome(file)), `${setting}_file`);
  if (variable === undefined) return undefined;
  const secret = env[variable]?.trim();
  return secret
    ? checkKey(`${setting}_env`, secret)
    : { problem: `${setting}_env: the variable ${variable} is not set.`, warnings: [] };
}
