import { createInterface } from 'node:readline/promises';
import { ConfigurationError } from '../settings/configuration-error.ts';
import type { Environment } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { defaultDatabase, withDatabase } from '../setup/api/start-sandbox.ts';

/**
 * Replaces all data of an existing sandbox with new demo data. Asks first.
 * @param confirmed skips the question.
 * @throws ConfigurationError when there is no sandbox, or nobody to ask; nothing was changed then.
 */
export async function resetSandboxData(
  settings: Settings<'sandbox'>,
  env: Environment,
  confirmed: boolean,
): Promise<void> {
  const { findSandbox, resetSandbox } = await import('../../sandbox/index.ts');
  const database = settings.database ?? defaultDatabase(settings, env);
  const found = await withDatabase(database, () => findSandbox(database));
  if (found === undefined) {
    throw new ConfigurationError(
      'There is no sandbox in this database. Nothing was changed. To create one, run: sandbox',
    );
  }
  if (!confirmed && !(await confirm(`Replace all data in ${found} with demo data?`))) {
    process.stdout.write('Nothing was changed.\n');
    process.exitCode = 1;
    return;
  }
  const { location, sessions } = await withDatabase(database, () => resetSandbox(database, settings.seed));
  process.stdout.write(`Reset ${location}: ${sessions} demo sessions. API keys were kept.\n`);
}

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new ConfigurationError(
      'sandbox reset replaces all data of the sandbox. To confirm, add --yes. Nothing was changed.',
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
