import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Sandbox, SandboxOptions } from '../../sandbox/index.ts';
import { ConfigurationError, type Environment, stateDirectory } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';

/** The database of a sandbox, embedded or alone, when none is given. */
export function defaultDatabase(settings: { stateDir?: string }, env: Environment): string {
  return join(stateDirectory(settings, env), 'sandbox.db');
}

/** The sandbox option for automatic activity. */
export function automationOf({
  autopilot: delayMs,
  silence,
}: Settings<'sandbox'> | Settings<'serve'>): Pick<SandboxOptions, 'automation'> {
  return delayMs === 'off' ? {} : { automation: { delayMs, silenceMs: silence * 60_000 } };
}

/**
 * Opens the sandbox and starts listening.
 * @throws ConfigurationError when its database or port cannot be used.
 */
export async function startSandbox(
  options: SandboxOptions,
  address: { port: number; host?: string },
): Promise<{ sandbox: Sandbox; url: string }> {
  // Loaded on demand: the live API needs no database.
  const { openSandbox } = await import('../../sandbox/index.ts');
  const sandbox = await withDatabase(options.database, () => openSandbox(options));
  try {
    return { sandbox, url: (await sandbox.listen(address)).url };
  } catch (error) {
    await sandbox.close();
    throw startError((error as Error).message);
  }
}

/**
 * Opens a database, and creates the folder of its file first.
 * @throws ConfigurationError when it cannot be used.
 */
export async function withDatabase<T>(database: string, open: () => Promise<T>): Promise<T> {
  const isFile = database !== ':memory:' && !database.includes('://');
  try {
    if (isFile) await mkdir(dirname(resolve(database)), { recursive: true });
    return await open();
  } catch (error) {
    throw startError(
      isFile && isAccessError(error)
        ? `its database cannot be opened or written: ${resolve(database)}. Set OPENCX_STATE_DIR to another folder, or choose another file.`
        : (error as Error).message,
    );
  }
}

function startError(reason: string): ConfigurationError {
  return new ConfigurationError(
    reason.startsWith('The sandbox ') ? reason : `The sandbox cannot start: ${reason}`,
  );
}

/** Whether the file system denies access, as opposed to a file with the wrong content. */
function isAccessError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { syscall, rawCode = 0 } = error as NodeJS.ErrnoException & { rawCode?: number };
  // For a file that cannot be opened, the driver sets no code, but ends its message with the one of SQLite.
  const openCode = /^ConnectionFailed\(.*: (\d+)"\)$/.exec(error.message)?.[1];
  // Primary result code of SQLite, in the lowest byte: 3 no permission, 8 read-only, 14 cannot open.
  const denied = [3, 8, 14].includes(Number(openCode ?? rawCode) & 0xff);
  return syscall === 'mkdir' || denied || isAccessError(error.cause);
}
