import { serve } from './commands/serve.ts';
import { ConfigurationError } from './settings/configuration-error.ts';
import { readSettings } from './settings/read-settings.ts';

/**
 * Runs the command that the arguments name. Imports only what the server needs to start.
 * @returns the exit code; 2 for invalid settings or arguments.
 */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, version: string): Promise<number> {
  try {
    // Most clients pass no arguments. Loading the parser would take a tenth of the start time.
    if (argv.length === 0) await serve(readSettings('serve', {}, env), env, version);
    else return await (await import('./program.ts')).runProgram(argv, env, version, serve);
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const line of error.message.split('\n')) process.stderr.write(`opencx-sessions-mcp: ${line}\n`);
    return 2;
  }
}
