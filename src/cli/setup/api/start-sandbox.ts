import { join, resolve } from 'node:path';
import type { Sandbox, SandboxOptions } from '../../../sandbox/index.ts';
import { ConfigurationError } from '../../settings/configuration-error.ts';
import { type Environment, stateDirectory } from '../../settings/read-settings.ts';
import type { Settings } from '../../settings/settings.ts';
import { listenProblem } from '../listen-problem.ts';

/** The database of a sandbox, embedded or alone, when none is given. */
export function defaultDatabase(settings: { stateDir?: string }, env: Environment): string {
  return join(stateDirectory(settings, env), 'sandbox.db');
}

/** The sandbox option for automatic activity. */
export function automationOf({
  autopilot: delayMs,
  silence,
}: Pick<Settings<'sandbox'>, 'autopilot' | 'silence'>): Pick<SandboxOptions, 'automation'> {
  return delayMs === 'off' ? {} : { automation: { delayMs, silenceMs: silence * 60_000 } };
}

/**
 * The owner of messages in the send log. Port and key change with every start, but the data, and so the messages, belong to
 * the database.
 */
export function sandboxAccount({ location, key }: Sandbox): string {
  return `sandbox ${location === ':memory:' ? key : location}`;
}

/**
 * Opens the sandbox and starts listening.
 * @throws ConfigurationError when its database or port cannot be used.
 */
export async function startSandbox(
  options: SandboxOptions,
  { port, host = '127.0.0.1' }: { port: number; host?: string },
): Promise<{ sandbox: Sandbox; url: string }> {
  // Loaded on demand: the live API needs no database.
  const { openSandbox } = await import('../../../sandbox/index.ts');
  const sandbox = await withDatabase(options.database, () => openSandbox(options));
  try {
    return { sandbox, url: (await sandbox.listen({ port, host })).url };
  } catch (error) {
    await sandbox.close();
    // The sandbox itself does not know the flags.
    throw new ConfigurationError(listenProblem(((error as Error).cause ?? error) as Error, { port, host }));
  }
}

/**
 * Opens a database.
 * @throws ConfigurationError when it cannot be used.
 */
export async function withDatabase<T>(database: string, open: () => Promise<T>): Promise<T> {
  const isFile = database !== ':memory:' && !database.includes('://');
  try {
    return await open();
  } catch (error) {
    throw startError((isFile && fileProblem(error, resolve(database))) || (error as Error).message);
  }
}

function startError(reason: string): ConfigurationError {
  return new ConfigurationError(
    reason.startsWith('The sandbox ') ? reason : `The sandbox cannot start: ${reason}`,
  );
}

/** Explains an error of the file system, as opposed to a file with the wrong content. */
function fileProblem(error: unknown, file: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { syscall, rawCode = 0, code } = error as NodeJS.ErrnoException & { rawCode?: number };
  // For a file that cannot be opened, the driver sets no code, but ends its message with the one of SQLite.
  const openCode = /^ConnectionFailed\(.*: (\d+)"\)$/.exec(error.message)?.[1];
  // Primary result code of SQLite, in the lowest byte.
  const result = Number(openCode ?? rawCode) & 0xff;
  // 13: full. With little space left, the file of shared memory cannot grow: 10 with 19 << 8.
  if (result === 13 || code === 'ENOSPC' || code === 'SQLITE_IOERR_SHMSIZE') {
    return `the disk of its database is full: ${file}. Free some space, or choose another file.`;
  }
  // 3 no permission, 8 read-only, 14 cannot open.
  if (syscall === 'mkdir' || [3, 8, 14].includes(result)) {
    return `its database cannot be opened or written: ${file}. Set OPENCX_STATE_DIR to another folder, or choose another file.`;
  }
  return fileProblem(error.cause, file);
}
