import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { sharedDatabase } from '../../support/sandbox/harness.ts';

it('a program that does not close its test sandbox ends', async () => {
  const options = JSON.stringify({ answerAfterMs: 1000, database: await sharedDatabase() });
  const program = `
    const { startSandbox } = await import('${pathToFileURL(resolve('dist/sandbox.js'))}');
    const { url } = await startSandbox(${options});
    console.log((await fetch(url + '/healthz')).status);`;
  const args = ['--input-type=module', '--eval', program];
  // Otherwise it would wait for the server or the database forever.
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  expect(stdout).toBe('200\n');
});
