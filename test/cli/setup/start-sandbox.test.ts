import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/cli/settings/configuration-error.ts';
import { startSandbox } from '../../../src/cli/setup/api/start-sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'opencx-open-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'a-folder'));
writeFileSync(join(folder, 'a-file'), 'not a database, but long enough to be read as one');

const messageOf = async (database: string, port = 0): Promise<string> => {
  const error = await startSandbox({ database, rateLimit: 0 }, { port }).then(
    ({ sandbox }) => sandbox.close().then(() => new Error('it started')),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ConfigurationError);
  return (error as Error).message;
};

it.each(['a-folder', 'a-file/sandbox.db', 'a-file/below/sandbox.db'])(
  'reports %s as not accessible, without the message of the driver',
  async (name) => {
    const database = join(folder, name);
    expect(await messageOf(database)).toBe(
      `The sandbox cannot start: its database cannot be opened or written: ${database}. Set OPENCX_STATE_DIR to another folder, or choose another file.`,
    );
  },
);

it.each([
  'postgres://user:hunter2@127.0.0.1:1/x',
  'postgres://user:@hunter2@127.0.0.1:1/x',
  'postgres://user:hunt/hunter2@127.0.0.1:1/x',
  'postgres://user@127.0.0.1:1/x?application_name=y&password=hunter2',
])('reports once that %s does not answer, without its password', async (database) => {
  const text = await messageOf(database);
  expect(text).toMatch(/^The sandbox cannot use postgres:\/\/user.* as its database: /);
  expect(text).not.toContain('hunter2');
});

it('reports other errors unchanged', async () => {
  expect(await messageOf(join(folder, 'a-file'))).toContain('not a database');
  expect(await messageOf('postgres://127.0.0.1/x')).toContain('PostgreSQL');
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  expect(await messageOf(':memory:', port)).toBe(
    `Port ${port} on 127.0.0.1 is already in use. Choose another one with --port; 0 takes any free port.`,
  );
  taken.close();
});
