import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type Environment,
  placeholders,
  readSettings,
  stateDirectory,
  unknownVariables,
} from '../settings/read-settings.ts';
import type { Config } from '../settings/settings.ts';
import type { Finding } from './findings.ts';

/** @param wanted as package.json has it, such as `>=20.19`. */
export function checkNode(wanted: string): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = wanted.replace('>=', '').split('.').map(Number);
  const enough = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  const seen = `${process.versions.node} (${process.execPath})`;
  if (enough) return { check: 'Node', status: 'ok', seen };
  const advice = `Install Node ${wanted.replace('>=', '')} or newer. A client may start another Node than your shell does.`;
  return { check: 'Node', status: 'failed', seen, advice };
}

/** Every `OPENCX_` variable and flag. The configuration is given only where the server would start with it. */
export function checkSettings(
  flags: Readonly<Record<string, unknown>>,
  env: Environment,
): { findings: Finding[]; config?: Config<'serve'> } {
  const { config, problems } = readSettings('serve', flags, env);
  const findings = [
    ...problems.map((seen): Finding => ({ check: 'settings', status: 'failed', seen })),
    ...placeholders(env).map((seen): Finding => ({ check: 'settings', status: 'warning', seen })),
    ...unknownVariables(env).map((seen): Finding => ({ check: 'settings', status: 'warning', seen })),
  ];
  if (findings.length === 0) {
    const set = Object.keys(env).filter((name) => name.startsWith('OPENCX_'));
    findings.push({ check: 'settings', status: 'ok', seen: set.join(', ') || 'no OPENCX_ variable is set' });
  }
  return problems.length > 0 ? { findings } : { findings, config };
}

/** The key itself: told by its last four characters at most. */
export async function checkKey(config: Config<'serve'>, apiKey: string | undefined): Promise<Finding[]> {
  const check = 'key';
  if (!apiKey) {
    const advice =
      'Make one in the OpenCX dashboard under Settings, Access, and set OPENCX_API_KEY to it, or OPENCX_API_KEY_FILE to a file that holds it. Without an account: --sandbox.';
    return [{ check, status: 'failed', seen: 'there is none', advice }];
  }
  const source = config.apiKey === undefined ? (config.apiKeyFile ?? '') : 'OPENCX_API_KEY';
  const seen = `from ${source}, ${lastFour(apiKey)}`;
  if (/^["'`].*["'`]$/.test(apiKey)) {
    return [{ check, status: 'failed', seen, advice: 'It stands in quotes: leave them out.' }];
  }
  const findings: Finding[] = [{ check, status: 'ok', seen }];
  if (config.apiKey !== undefined && config.apiKeyFile !== undefined) {
    const advice = 'Unset one of the two.';
    findings.push({ check, status: 'warning', seen: 'OPENCX_API_KEY_FILE is set too, and not read', advice });
  } else if (config.apiKeyFile !== undefined && process.platform !== 'win32') {
    const { mode } = await stat(config.apiKeyFile);
    if (mode & 0o077) {
      const advice = `chmod 600 ${config.apiKeyFile}`;
      findings.push({
        check,
        status: 'warning',
        seen: 'other users of this machine can read its file',
        advice,
      });
    }
  }
  return findings;
}

/** Four characters of a short key would be too much of it. */
function lastFour(apiKey: string): string {
  return apiKey.length < 16 ? `${apiKey.length} characters long` : `ends in ...${apiKey.slice(-4)}`;
}

/** Without this folder no message is sent: the record of what was sent is kept there. */
export async function checkStateFolder(config: Config<'serve'>, env: Environment): Promise<Finding> {
  const check = 'state folder';
  const folder = stateDirectory(config, env);
  if (config.readOnly) return { check, status: 'skipped', seen: 'not needed with --read-only' };
  if (await isWritable(folder)) return { check, status: 'ok', seen: folder };
  const advice = 'Set OPENCX_STATE_DIR to a folder that can be written: without a record nothing is sent.';
  return { check, status: 'failed', seen: `${folder} cannot be written`, advice };
}

/** Whether it is there and open to us, or could be made. */
async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    const parent = dirname(folder);
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && parent !== folder && isWritable(parent);
  }
}
