import { expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import { NotFoundError, UpstreamError } from '../../../src/client/errors.ts';
import type { Session } from '../../../src/contract/entities.ts';
import { findTicket } from '../../../src/conversations/analysis/find-ticket.ts';
import { contextOf, session } from '../../support/fakes/fakes.ts';

/** Looks for ticket 7, which was seen for the sessions `a` and, with `twice`, `b`. */
async function find(sessions: (Session | Error)[], twice = false) {
  const asked: string[] = [];
  const client: Partial<SessionsClient> = {
    async getSession(id) {
      asked.push(id);
      const one = sessions[id === 'a' ? 0 : 1];
      if (one === undefined || one instanceof Error) throw one;
      return one;
    },
    async listSessions() {
      asked.push('list');
      return { items: [], next: null };
    },
  };
  const context = contextOf(client);
  context.seenSessions.addNumber(7, 'a');
  if (twice) context.seenSessions.addNumber(7, 'b');
  const found = await findTicket(7, context);
  return { found, asked, known: context.seenSessions.idsOf(7) };
}
const [a, b] = ['a', 'b'].map((id) => session(id, { ticket_number: 7 })) as [Session, Session];
const other = session('b', { ticket_number: 8 });
const missing = new NotFoundError('Gone.');

it('a number that was seen takes one request, which checks it', async () => {
  expect(await find([a])).toEqual({
    found: { outcome: 'found', session: a, isFetched: true },
    asked: ['a'],
    known: ['a'],
  });
});

it.each<[string, Session | Error, object]>([
  ['another', b, { outcome: 'several', sessions: [a, b] }],
  ['none', missing, { outcome: 'found', session: a, isFetched: true }],
  ['one of another number', other, { outcome: 'found', session: a, isFetched: true }],
])('a number that was seen of two sessions, of which one is %s', async (_, second, outcome) => {
  const { found, asked } = await find([a, second], true);
  expect(found).toEqual(outcome);
  expect(asked).toEqual(['a', 'b']);
});

it('a number that is right no more is forgotten and searched for', async () => {
  for (const one of [missing, other]) {
    const { found, asked, known } = await find([one]);
    expect(found).toMatchObject({ outcome: 'none' });
    expect([asked, known]).toEqual([['a', 'list'], []]);
  }
});

it('a number that cannot be checked is not known', async () => {
  const gone = new UpstreamError('Gone.', { mayHaveArrived: false });
  await expect(find([gone])).rejects.toBe(gone);
});
