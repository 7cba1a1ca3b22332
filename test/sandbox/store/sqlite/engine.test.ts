import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSandbox } from '../../../../src/sandbox/index.ts';
import { create, open, temporaryFolder } from '../../../support/sandbox/harness.ts';

describe('a database file', () => {
  test('is complete without its WAL file after close', async () => {
    const database = join(temporaryFolder(), 'sandbox.db');
    const first = await openSandbox({ database, rateLimit: 0, seed: false });
    await create(first);
    await first.close();
    expect(statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
    expect(statSync(database).size).toBeGreaterThan(10_000);
  });

  test('is for its owner only under any umask', async () => {
    const database = join(temporaryFolder(), 'sandbox.db');
    const before = process.umask(0);
    try {
      await (await openSandbox({ database, rateLimit: 0, seed: false })).close();
    } finally {
      process.umask(before);
    }
    expect(statSync(database).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['http://localhost/x', /path of a SQLite file/],
    ['libsql://x', /path of a SQLite file/],
    ['file:x.db', /path of a SQLite file/],
    ['', /path of a SQLite file/],
  ])('rejects %j as an address', async (database, message) => {
    await expect(open({ database })).rejects.toThrow(message);
  });

  // Node's own mkdir would never return here.
  test.skipIf(process.platform !== 'linux')('is rejected where no folder can be created', async () => {
    const database = '/proc/opencx/deep/sandbox.db';
    await expect(open({ database })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is rejected and left unchanged if it is not a database, or a folder', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'notes.txt');
    writeFileSync(file, 'not a database '.repeat(100));
    await expect(open({ database: file })).rejects.toThrow(file);
    await expect(open({ database: folder })).rejects.toThrow(folder);
  });
});
