import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { openStore } from '../../../src/sandbox/store/store.ts';
import {
  call,
  create,
  events,
  get,
  open,
  pages,
  send,
  sharedDatabase,
} from '../../support/sandbox/harness.ts';
import { postgresAddress } from '../../support/sandbox/postgres.ts';
import { writeProgram } from '../../support/sandbox/program.ts';

describe('a database', () => {
  test('keeps all data and keys across a restart, and gets demo data only once', async () => {
    const database = await sharedDatabase();
    const first = await openSandbox({ database, rateLimit: 0 });
    const id = await create(first, { contact: { name: 'Kit' } });
    await send(first, id);
    const before = [await pages(first, '/chat/sessions'), await events(first, id)];
    expect(before[0]?.flat().length).toBeGreaterThan(60);
    await first.close();
    const second = await open({ database, seed: true });
    expect([await pages(second, '/chat/sessions'), await events(second, id)]).toEqual(before);
    expect((await call(second, 'GET', '/chat/sessions', { key: first.key })).status).toBe(200);
    expect((await get(second, await create(second))).ticket_number).toBe(
      (await get(second, id)).ticket_number + 1,
    );
  });

  test('has the write that was running when the sandbox was closed', async () => {
    const database = await sharedDatabase();
    let closing: Promise<void> | undefined;
    let closes = false;
    const first: Sandbox = await openSandbox({
      database,
      rateLimit: 0,
      seed: false,
      // The clock is read during the write.
      now: () => {
        if (closes) closing ??= first.close();
        return new Date();
      },
    });
    closes = true;
    const id = await create(first);
    await closing;
    expect((await get(await open({ database }), id)).id).toBe(id);
  });

  test('is rejected if a newer version made it', async () => {
    const database = await sharedDatabase();
    const store = await openStore(database);
    await store.write((db) => db.insertInto('schema_versions').values({ version: 99 }).execute());
    await store.close();
    await expect(open({ database })).rejects.toThrow(/newer version/);
  });

  test.runIf(postgresAddress)('is rejected with the reason if its schema does not exist', async () => {
    const address = new URL(postgresAddress ?? '');
    address.searchParams.set('options', '-csearch_path=nowhere');
    await expect(open({ database: address.href })).rejects.toThrow(/names no existing schema/);
  });
});

describe('two sandboxes on one database', () => {
  test('see the same data, accept the same keys and cursors, and lose no concurrent writes', async () => {
    const database = await sharedDatabase();
    const [one, two] = await Promise.all([open({ database }), open({ database })]);
    const id = await create(one, { custom_data: {} });
    const counts = Array.from({ length: 40 }, (_, n) => n);
    await Promise.all(
      counts.flatMap((n) => [
        send(one, id, { custom_data: { [`one${n}`]: n } }),
        send(two, id, { custom_data: { [`two${n}`]: n } }),
        create(n % 2 ? one : two, { verified: true, contact: { email: 'same@example.com' } }),
      ]),
    );
    expect(Object.keys((await get(one, id)).custom_data)).toHaveLength(80);
    expect(await events(two, id)).toHaveLength(80);
    const sessions = (await pages(one, '/chat/sessions')).flat();
    expect(sessions).toHaveLength(41);
    expect(new Set(sessions.map((session) => session.ticket_number)).size).toBe(41);
    expect(new Set(sessions.map((session) => session.contact?.id).filter(Boolean)).size).toBe(1);
    expect((await call(two, 'GET', '/chat/sessions', { key: one.key })).status).toBe(200);
    const { next } = (await call(one, 'GET', '/chat/sessions')).body;
    expect((await call(two, 'GET', `/chat/sessions?cursor=${next}`)).body.items).toHaveLength(16);
  });

  test('create the schema and the demo data once if they start together', async () => {
    const database = await sharedDatabase();
    const all = await Promise.all([1, 2, 3].map(() => open({ database, seed: true })));
    const counts = await Promise.all(
      all.map(async (one) => (await pages(one, '/chat/sessions')).flat().length),
    );
    expect(new Set(counts).size).toBe(1);
    expect(counts[0]).toBeLessThan(100);
  });
});

test('two processes on a new database lose nothing, and exit after close', {
  timeout: 30_000,
}, async () => {
  const database = await sharedDatabase();
  const program = await writeProgram(`
    import { openSandbox } from './src/sandbox/index.ts';
    const [database, name] = process.argv.slice(2);
    const sandbox = await openSandbox({ database, rateLimit: 100_000, seed: false, key: 'shared' });
    const { url } = await sandbox.listen({ port: 0 });
    const call = async (method, path, body) => {
      const response = await fetch(url + path, {
        method,
        headers: { authorization: 'Bearer shared', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (response.status !== 200) throw new Error(name + ': ' + response.status + ' ' + (await response.text()));
      return response.json();
    };
    for (let n = 0; n < 15; n++) {
      const { id } = await call('POST', '/chat/sessions', { verified: true, contact: { email: 'a@example.com', custom_data: { [name + n]: 'x' } } });
      await call('POST', '/chat/sessions/' + id + '/send', { sender: 'contact', message: { type: 'text', text: name + ' ' + n } });
    }
    await sandbox.close();
  `);
  // Nothing kills the programs: an open handle would make this test time out.
  const run = promisify(execFile);
  await Promise.all(['a', 'b'].map((name) => run(process.execPath, [program, database, name])));

  const sandbox = await open({ database });
  const sessions = (await pages(sandbox, '/chat/sessions')).flat();
  expect(sessions).toHaveLength(30);
  expect(sessions.map((session) => session.ticket_number).sort()).toEqual(
    Array.from({ length: 30 }, (_, n) => 4501 + n),
  );
  expect(new Set(sessions.map((session) => session.contact.id)).size).toBe(1);
  expect(Object.keys(sessions[0].contact.custom_data)).toHaveLength(30);
  for (const { id } of sessions) expect(await events(sandbox, id)).toHaveLength(1);
});
