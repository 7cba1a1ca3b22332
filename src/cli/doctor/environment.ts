import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigurationError } from '../settings/configuration-error.ts';
import {
  type Environment,
  environmentWarnings,
  parseSettings,
  stateDirectory,
} from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import type { ApiKey } from '../setup/api/api-key.ts';
import type { Finding } from './findings.ts';

/** @param required range from package.json, such as `>=20.19`. */
export function checkNode(required: string): Finding {
  const check = 'Node';
  const minimum = required.replace('>=', '');
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [minMajor = 0, minMinor = 0] = minimum.split('.').map(Number);
  const detail = `${process.versions.node} (${process.execPath})`;
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return { check, status: 'ok', detail };
  const fix = `Install Node ${minimum} or newer. A client may use a different Node than your shell.`;
  return { check, status: 'failed', detail, fix };
}

/** Checks all `OPENCX_` variables and flags. Returns the settings only if the server would start with them. */
export function checkSettings(
  flags: Readonly<Record<string, unknown>>,
  env: Environment,
): { findings: Finding[]; settings?: Settings<'serve'> } {
  const check = 'settings';
  const { values, problems } = parseSettings('serve', flags, env);
  const hasNoKey = !values.sandbox && values.apiKey === undefined && values.apiKeyFile === undefined;
  const isKey = (detail: string) => /^OPENCX_API_KEY\w* is the literal/.test(detail);
  const findings = [
    ...problems.map((detail): Finding => ({ check, status: 'failed', detail })),
    ...environmentWarnings(env)
      // Without a key, its placeholder is the reason, and reported as such.
      .map(
        (detail): Finding => ({ check, status: hasNoKey && isKey(detail) ? 'failed' : 'warning', detail }),
      ),
  ];
  if (findings.length === 0) {
    const set = Object.keys(env).filter((name) => name.startsWith('OPENCX_'));
    findings.push({ check, status: 'ok', detail: set.join(', ') || 'no OPENCX_ variables set' });
  }
  return problems.length > 0 ? { findings } : { findings, settings: values };
}

/** Checks the key without showing more than its last four characters. */
export function checkKey(settings: Settings<'serve'>, { key, problem, warnings }: ApiKey): Finding[] {
  const check = 'key';
  if (problem !== undefined) {
    const [, detail = problem, fix = ''] = /^(.*?[^.])[.] (.*)$/s.exec(problem) ?? [];
    return [{ check, status: 'failed', detail, ...(fix && { fix }) }];
  }
  if (key === undefined) {
    const fix =
      'Create one in the OpenCX dashboard under Settings, Access, and run init, which asks for it and saves it, or set OPENCX_API_KEY. To try without an account, use --sandbox.';
    return [{ check, status: 'failed', detail: 'not set', fix }];
  }
  const source = settings.apiKey === undefined ? (settings.apiKeyFile ?? '') : 'OPENCX_API_KEY';
  const findings: Finding[] = [{ check, status: 'ok', detail: `from ${source}, ${describeKey(key)}` }];
  if (settings.apiKey !== undefined && settings.apiKeyFile !== undefined) {
    findings.push({
      check,
      status: 'warning',
      detail: 'OPENCX_API_KEY_FILE is also set, but not used',
      fix: 'Unset one of them.',
    });
  }
  return [...findings, ...warnings.map((warning): Finding => ({ check, status: 'warning', ...warning }))];
}

/** Four characters of a short key would reveal too much of it. */
function describeKey(apiKey: string): string {
  return apiKey.length < 16 ? `${apiKey.length} characters long` : `ends in ...${apiKey.slice(-4)}`;
}

/** Checks the folder of the send log, which is required to send messages. */
export async function checkStateFolder(settings: Settings<'serve'>, env: Environment): Promise<Finding> {
  const check = 'state folder';
  if (settings.readOnly) return { check, status: 'skipped', detail: 'not needed with --read-only' };
  let folder: string;
  try {
    folder = stateDirectory(settings, env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { check, status: 'failed', detail: error.message };
  }
  if (await isWritable(folder)) return { check, status: 'ok', detail: folder };
  const fix = 'Set OPENCX_STATE_DIR to a writable folder. Messages cannot be sent without it.';
  return { check, status: 'failed', detail: `${folder} is not writable`, fix };
}

/** Whether the folder is writable, or could be created. */
async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    const parent = dirname(folder);
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && parent !== folder && isWritable(parent);
  }
}
