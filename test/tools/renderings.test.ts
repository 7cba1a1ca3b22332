import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HitSession, HitUnread } from '../../src/conversations/reading/search-conversations.ts';
import { toJsonSchema } from '../../src/mcp/json-schema.ts';
import { getSession } from '../../src/tools/get-session.ts';
import { getSessionHistory } from '../../src/tools/get-session-history.ts';
import { type AnyTool, tools } from '../../src/tools/index.ts';
import { listSessions } from '../../src/tools/list-sessions.ts';
import { searchSessions } from '../../src/tools/search-sessions.ts';
import { sendMessage } from '../../src/tools/send-message.ts';
import { contextOf, message } from '../support/fakes/fakes.ts';
import { histories, hits, sessions, windows } from '../support/generated.ts';
import { expectFacts } from '../support/text/facts.ts';

const context = contextOf({});
const runs = { numRuns: 80, seed: 20_260_301 };
const ajv = new Ajv({ strict: false });
const advertised = new Map(tools.map(({ name, output }) => [name, ajv.compile(toJsonSchema(output))]));

/** Which tools suggested which, so that a rule that no answer met would be noticed. */
const suggestions = new Set<string>();

/** The two renderings of what a tool found, after they were held against the advertised schema. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every tool
async function answer(tool: AnyTool, result: unknown): Promise<{ view: any; text: string }> {
  const { view, text } = await tool.present(result, context);
  // As the client gets it, and as its JSON parser reads it.
  const sent = JSON.parse(JSON.stringify(tool.output.parse(view)));
  const isAdvertised = advertised.get(tool.name);
  if (!isAdvertised?.(sent)) expect.fail(JSON.stringify(isAdvertised?.errors));
  expect(sent).toEqual(view);
  const { next = [] } = sent as { next?: { tool: string; arguments: unknown }[] };
  for (const call of next) {
    const suggested = tools.find(({ name }) => name === call.tool);
    expect(suggested?.input.safeParse(call.arguments)).toMatchObject({ success: true });
    expect(suggested?.effect.write).toBe(false);
    suggestions.add(`${tool.name} -> ${call.tool}`);
  }
  expect(next.length).toBeLessThanOrEqual(2);
  return { view: sent, text };
}

/** The parts of the data block that begin with a line that passes, each up to the next one. */
function parts(text: string, begins: (line: string) => boolean): string[] {
  const found: string[] = [];
  for (const line of text.split('\n').filter((one) => one.startsWith('| '))) {
    if (begins(line)) found.push(line);
    else if (found.length > 0) found[found.length - 1] += `\n${line}`;
  }
  return found;
}

/** An entry of the block that is a message or event begins with its time. */
const isEntry = (line: string) => /^\| (\d{4}-\d\d-\d\dT)?\d\d:\d\dZ /.test(line);

function expectMessages(messages: unknown[], entries: string[]) {
  expect(entries).toHaveLength(messages.length);
  for (const [n, message] of messages.entries()) expectFacts(message, entries[n] as string, `message ${n}`);
}

describe('text and JSON of an answer agree, and the JSON matches its schema:', () => {
  it('session', async () => {
    await fc.assert(
      fc.asyncProperty(sessions, fc.option(windows, { nil: undefined }), async (session, window) => {
        const { view, text } = await answer(getSession, { session, window });
        const { messages, contact, ...rest } = view;
        expectFacts(rest, text);
        const { verified, unverified, ...plain } = contact ?? {};
        expectFacts(plain, text, 'contact');
        // What is claimed stands on a line that says so, and nowhere else.
        const [proven = '', claimed = ''] = ['| verified: ', '| claimed: '].map((begin) =>
          text.split('\n').find((line) => line.startsWith(begin)),
        );
        expectFacts(verified ?? {}, proven, 'verified');
        expectFacts(unverified ?? {}, claimed, 'unverified');
        expect([proven !== '', claimed !== '']).toEqual([verified !== undefined, unverified !== undefined]);
        const entries = parts(text, isEntry);
        expectMessages(messages ?? [], entries);
      }),
      runs,
    );
    expect(suggestions).toContain('get_session -> get_session_history');
  });

  it('transcript', async () => {
    await fc.assert(
      fc.asyncProperty(windows, fc.boolean(), async (window, include_events) => {
        const found = { session_id: 's1', include_events, max_message_chars: 2000, window };
        const { view, text } = await answer(getSessionHistory, found);
        const { messages, ...rest } = view;
        expectFacts(rest, text);
        expectMessages(messages, parts(text, isEntry));
      }),
      runs,
    );
  });

  it('session list, with and without last messages', async () => {
    const lastSpeaker = fc.oneof(
      histories.map((items) => ({ item: items.findLast(({ event }) => event.sender) })),
      fc.constant({ unknown: 'there was no time left to read its history' }),
    );
    const rows = fc.array(fc.tuple(sessions, lastSpeaker), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), fc.boolean(), async (given, more, looked) => {
        const lastSpeakers = looked ? { lastSpeakers: given.map(([, last]) => last) } : {};
        const found = {
          sessions: given.map(([session]) => session),
          more,
          positions: given.map((_, n) => () => ({ filters: {}, page: `page-${n + 1}` })),
          end: { filters: {} },
          ...lastSpeakers,
        };
        const { view, text } = await answer(listSessions, found);
        const { sessions: listed, ...rest } = view;
        expectFacts(rest, text);
        const shown = parts(text, (line) => /^\| \S/.test(line));
        expect(shown).toHaveLength(listed.length);
        for (const [n, row] of listed.entries()) expectFacts(row, shown[n] as string, `row ${n}`);
      }),
      runs,
    );
    expect(suggestions).toContain('list_sessions -> get_session');
  });

  it('search hits', async () => {
    await fc.assert(
      fc.asyncProperty(
        hits,
        sessions,
        fc.infiniteStream(fc.nat({ max: 3 })),
        async (results, session, kinds) => {
          const ids = new Set(results.messages.map(({ session_id }) => session_id));
          const read = [...ids].map((id) => {
            const kind = kinds.next().value;
            if (kind === 0) return [id, 'could not be read'] as const;
            const found = kind === 1 ? results.messages.filter((one) => one.session_id === id) : [];
            const messages = new Map(found.map((one, n) => [one.id, message(one.id, n * 60_000)]));
            return [id, { session: { ...session, id }, messages }] as const;
          });
          const search = {
            results,
            byNumber: kinds.next().value === 0 ? [{ ...session, id: 'numbered' }] : [],
            contacts: new Map(),
            sessions: new Map<string, HitSession | HitUnread>(read),
          };
          const { view, text } = await answer(searchSessions, { query: 'room', search });
          const { contacts, sessions: found, ...rest } = view;
          expectFacts(rest, text);
          const shown = parts(text, (line) => /^\| \S/.test(line));
          expect(shown).toHaveLength(contacts.length + found.length);
          for (const [n, hit] of [...contacts, ...found].entries()) {
            expectFacts(hit, shown[n] as string, `hit ${n}`);
          }
        },
      ),
      runs,
    );
    expect(suggestions).toContain('search_sessions -> get_session');
  });

  it('sent message, with and without replies', async () => {
    const waited = fc.record({
      items: histories,
      ended: fc.constantFrom('answered', 'time', 'failed'),
      waitedSeconds: fc.nat({ max: 45 }),
      wantedSeconds: fc.constant(45),
      ownSeen: fc.boolean(),
    });
    const sent = fc.record({
      sessionId: fc.uuid(),
      outcome: fc.constantFrom('sent', 'found'),
      messageId: fc.oneof(fc.uuid(), fc.constant('an odd id')),
      replies: fc.option(waited, { nil: undefined }),
      session: fc.option(sessions, { nil: undefined }),
      body: fc.record({
        sender: fc.constantFrom('contact', 'agent'),
        agent: fc.option(fc.constant({ id: 7, name: 'Jonas' }), { nil: undefined }),
        custom_data: fc.option(fc.constant({ order: 'A-1' }), { nil: undefined }),
      }),
    });
    await fc.assert(
      fc.asyncProperty(sent, async (given) => {
        const { view, text } = await answer(sendMessage, given);
        const { replies, ...rest } = view;
        expectFacts(rest, text);
        expectMessages(replies ?? [], parts(text, isEntry));
      }),
      runs,
    );
    expect(suggestions).toContain('send_message -> get_session_history');
  });
});
