import { type Environment, readSettings } from '../settings/read-settings.ts';
import { type ApiKey, checkKey, readKeyFile } from './api/api-key.ts';

/** Reads the token for a team server from OPENCX_TOKEN, or the file in OPENCX_TOKEN_FILE. */
export async function readToken(env: Environment): Promise<ApiKey> {
  const { token, tokenFile } = readSettings('doctor', {}, env);
  if (token !== undefined) return checkKey('OPENCX_TOKEN', token, [], 'token');
  return tokenFile === undefined ? { warnings: [] } : readKeyFile(tokenFile, 'OPENCX_TOKEN_FILE', 'token');
}
