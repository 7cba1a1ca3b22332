import { describe, expect, it } from 'vitest';
import { TicketNotFoundError, TicketNotUniqueError } from '../../src/conversations/errors.ts';
import { resolveTicket } from '../../src/pipeline/ticket.ts';
import { contextOf, session } from '../support/fakes/fakes.ts';

const sessions = [session('s 1', { ticket_number: 4521 }), session('s2', { ticket_number: 4521 })];

/** An API with one session that has the number, or two. `seen` are the ids that were seen before. */
function contextWith(count: number, seen: readonly string[] = []) {
  const context = contextOf({
    listSessions: async () => ({ items: sessions.slice(0, count), next: null }),
    getSession: async (id) => sessions.find((one) => one.id === id) ?? session(id),
  });
  for (const id of seen) context.seenSessions.addNumber(4521, id);
  return context;
}

describe('a ticket number', () => {
  it('is replaced by the id of its session, and said in a note', async () => {
    const context = contextWith(1);
    const input = { session_id: '# 4521', limit: 3 };
    expect(await resolveTicket(input, context)).toEqual({
      input: { session_id: 's 1', limit: 3 },
      context,
      note: '#4521 is session "s 1".\n',
    });
  });

  it('that was seen before needs no search, and its session is not read again', async () => {
    const resolved = await resolveTicket({ session_id: '#4521' }, contextWith(0, ['s2']));
    expect(resolved.input).toEqual({ session_id: 's2' });
    expect(resolved.context).toMatchObject({ fetched: sessions[1], allowVerified: false });
  });

  it('of no session is an error', async () => {
    const resolved = resolveTicket({ session_id: '#4521' }, contextWith(0));
    await expect(resolved).rejects.toBeInstanceOf(TicketNotFoundError);
    await expect(resolved).rejects.toMatchObject({ ticketNumber: 4521, search: { reason: 'absent' } });
  });

  it('of two sessions is an error that has both', async () => {
    const resolved = resolveTicket({ session_id: '#4521' }, contextWith(2, ['s 1', 's2']));
    await expect(resolved).rejects.toBeInstanceOf(TicketNotUniqueError);
    await expect(resolved).rejects.toMatchObject({ ticketNumber: 4521, sessions });
  });

  it.each([[{ session_id: '4521' }], [{ session_id: 's#4521' }], [{ session_id: 4521 }], [{}]])(
    'is not seen in %j',
    async (input) => {
      const context = contextOf({});
      expect(await resolveTicket(input, context)).toEqual({ input, context, note: '' });
    },
  );
});
