import { expect, test } from 'vitest';
import { resetSandbox } from '../../../src/sandbox/index.ts';
import { call, create, open, pages, send, sharedDatabase } from '../../support/sandbox/harness.ts';

test('a reset replaces all data by the demo data, even while a sandbox is running', async () => {
  const database = await sharedDatabase();
  const sandbox = await open({ database, seed: 5 });
  const id = await create(sandbox, { contact: { name: 'Somebody New', email: 'new@example.com' } });
  await send(sandbox, id, { message: { type: 'text', text: 'An unheard word: quixotry' } });
  const found = async () => (await call(sandbox, 'GET', '/chat/sessions/search?q=quixotry')).body.messages;
  expect(await found()).toHaveLength(1);
  expect((await resetSandbox(database, 30)).sessions).toBe(30);
  const sessions = (await pages(sandbox, '/chat/sessions')).flat();
  expect(sessions.map((session) => session.ticket_number)).toEqual(
    Array.from({ length: 30 }, (_, index) => 4530 - index),
  );
  expect(await found()).toEqual([]);
  const { contacts } = (await call(sandbox, 'GET', '/chat/sessions/search?q=somebody+new')).body;
  expect(contacts).toEqual([]);
  expect((await call(sandbox, 'GET', `/chat/sessions/${id}`)).status).toBe(404);
  await send(sandbox, await create(sandbox));
});
