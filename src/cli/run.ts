import { serve } from './commands/serve.ts';
import { ConfigurationError, readConfig } from './settings/read-settings.ts';

/**
 * Runs the command that the arguments name. Only what a start of the server needs is loaded with this file.
 * @returns the exit code: 2 for settings or arguments that cannot be used.
 */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, version: string): Promise<number> {
  try {
    // As most clients start it. Nothing is to be parsed, and loading the parser would be a tenth of the start.
    if (argv.length === 0) await serve(readConfig('serve', {}, env), env, version);
    else return await (await import('./program.ts')).runProgram(argv, env, version, serve);
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const line of error.message.split('\n')) process.stderr.write(`opencx-sessions-mcp: ${line}\n`);
    return 2;
  }
}
