import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Sandbox, SandboxOptions } from '../../sandbox/index.ts';
import { ConfigurationError, type Environment, stateDirectory } from '../settings/read-settings.ts';
import type { Config } from '../settings/settings.ts';

/** The file that a sandbox lives in when none is named. Embedded or alone, it is the same one. */
export function defaultDatabase(config: { stateDir?: string }, env: Environment): string {
  return join(stateDirectory(config, env), 'sandbox.db');
}

/** The sandbox's automation: AI answers and closing of silent sessions. */
export function automationOf(
  config: Config<'sandbox'> | Config<'serve'>,
): Pick<SandboxOptions, 'automation'> {
  const { autopilot: delayMs, silence } = config;
  return delayMs === 'off' ? {} : { automation: { delayMs, silenceMs: silence * 60_000 } };
}

/**
 * Opens the sandbox and lets it listen on this machine.
 * @throws ConfigurationError when its database or its port cannot be used.
 */
export async function startSandbox(
  options: SandboxOptions,
  listening: { port: number; host?: string },
): Promise<{ sandbox: Sandbox; url: string }> {
  // Loaded only where it is wanted: a start against the live API needs no database.
  const { openSandbox } = await import('../../sandbox/index.ts');
  const sandbox = await onDatabase(options.database, () => openSandbox(options));
  try {
    return { sandbox, url: (await sandbox.listen(listening)).url };
  } catch (error) {
    await sandbox.close();
    throw cannotStart((error as Error).message);
  }
}

/**
 * Opens a database, with the folder of its file.
 * @throws ConfigurationError when it cannot be used.
 */
export async function onDatabase<T>(database: string, open: () => Promise<T>): Promise<T> {
  const isFile = database !== ':memory:' && !database.includes('://');
  try {
    if (isFile) await mkdir(dirname(resolve(database)), { recursive: true });
    return await open();
  } catch (error) {
    const closed = isFile && isOutOfReach(error);
    throw cannotStart(
      closed
        ? `its database cannot be opened or written: ${resolve(database)}. Set OPENCX_STATE_DIR to another folder, or name another file.`
        : (error as Error).message,
    );
  }
}

function cannotStart(reason: string): ConfigurationError {
  const told = reason.startsWith('The sandbox ') ? reason : `The sandbox cannot start: ${reason}`;
  return new ConfigurationError(told);
}

/** Whether the file system, and not what stands in the file, is in the way. */
function isOutOfReach(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { syscall, rawCode = 0 } = error as NodeJS.ErrnoException & { rawCode?: number };
  // The driver gives no code for a file that it cannot open, only SQLite's number at the end of its text.
  const unopened = /^ConnectionFailed\(.*: (\d+)"\)$/.exec(error.message)?.[1];
  // SQLite's number of the kind is in the lowest byte: 3 no permission, 8 read only, 14 cannot open.
  const outOfReach = [3, 8, 14].includes(Number(unopened ?? rawCode) & 0xff);
  return syscall === 'mkdir' || outOfReach || isOutOfReach(error.cause);
}
