import { expect, it } from 'vitest';
import type { SessionsClient } from '../../src/client/client.ts';
import type { Session } from '../../src/contract/entities.ts';
import { rememberingClient } from '../../src/conversations/remembering-client.ts';
import { newMemory } from '../../src/state/memory/principal-memory.ts';
import { contextOf, pagesOf, session } from '../support/fakes/fakes.ts';

const contact = { id: 'c1', name: 'Ada' } as never;
const numbered = session('s1', { ticket_number: 7, contact });
const { ticket_number, ...unnumbered } = session('s2');

it.each<[string, (client: SessionsClient) => Promise<unknown>]>([
  ['getSession', async (client) => [await client.getSession('s1'), await client.getSession('s2')]],
  ['listSessions', (client) => client.listSessions({})],
  [
    'sessionPages',
    async (client) => {
      for await (const page of client.sessionPages({})) expect(page.items).toHaveLength(2);
    },
  ],
])('%s remembers the numbers and the verified names of sessions', async (_, read) => {
  const items = [numbered, unnumbered as Session];
  const { client } = contextOf({
    getSession: async (id) => items.find((one) => one.id === id) as Session,
    listSessions: async () => ({ items, next: null }),
    sessionPages: () => pagesOf(items, 50).pages,
  });
  const memory = newMemory();
  await read(rememberingClient(client, memory));
  expect(memory.seenSessions.idsOf(7)).toEqual(['s1']);
  expect(memory.seenSessions.idsOf(undefined as never)).toEqual([]);
  expect(memory.seenSessions.verifiedNameOf('s1')).toBe('Ada');
  expect(memory.seenSessions.verifiedNameOf('s2')).toBeUndefined();
});
