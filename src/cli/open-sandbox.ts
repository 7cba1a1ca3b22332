import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sandbox, SandboxOptions } from '../sandbox/index.ts';
import { type Config, ConfigurationError, type Environment, stateDirectory } from './config.ts';

/** The file that a sandbox lives in when none is named. Embedded or alone, it is the same one. */
export function defaultDatabase(config: Config, env: Environment): string {
  return join(stateDirectory(config, env), 'sandbox.db');
}

/**
 * Opens the sandbox and lets it listen on this machine.
 * @throws ConfigurationError when its database or its port cannot be used.
 */
export async function startSandbox(
  options: SandboxOptions,
  port: number,
): Promise<{ sandbox: Sandbox; url: string }> {
  // Loaded only where it is wanted: a start against the live API needs no database.
  const { openSandbox } = await import('../sandbox/index.ts');
  let sandbox: Sandbox | undefined;
  try {
    const isFile = options.database !== ':memory:' && !options.database.includes('://');
    if (isFile) await mkdir(dirname(options.database), { recursive: true });
    sandbox = await openSandbox(options);
    return { sandbox, url: (await sandbox.listen({ port })).url };
  } catch (error) {
    await sandbox?.close();
    throw new ConfigurationError(`The sandbox cannot start: ${(error as Error).message}`);
  }
}
