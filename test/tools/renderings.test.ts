import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJsonSchema } from '../../src/mcp/json-schema.ts';
import { getSession } from '../../src/tools/get-session.ts';
import { getSessionHistory } from '../../src/tools/get-session-history.ts';
import { type AnyTool, tools } from '../../src/tools/index.ts';
import { listSessions } from '../../src/tools/list-sessions.ts';
import { searchSessions } from '../../src/tools/search-sessions.ts';
import { sendMessage } from '../../src/tools/send-message.ts';
import { contextOf } from '../support/fakes.ts';
import { histories, hits, sessions, windows } from '../support/generated.ts';

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

/** How the text may write a value of the JSON. */
function forms(value: string | number): string[] {
  if (typeof value === 'number') return value === 0 ? ['0', 'no ', 'No '] : [String(value)];
  return [
    value,
    JSON.stringify(value),
    JSON.stringify(value.replace(/\s+/g, ' ').trim()),
    // A longer text, on lines of its own.
    value.replace(/[^\S\n]+$/gm, '').replace(/^/gm, '|   '),
    // The clock alone, for a time on the day of the one before it.
    ...(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/.test(value) ? [value.slice(11), value.slice(11, 16)] : []),
    value === '' ? 'no visible text' : value.replace(/^./u, (first) => first.toUpperCase()),
  ];
}

/** Words that stand for what is true, or an object that is there. */
const signs: Readonly<Record<string, string | RegExp>> = {
  handed_off: 'handed_off',
  assist_mode: 'assist mode on',
  claimed: 'claimed: ',
  customer_waiting: /customer is waiting|CUSTOMER WAITING/,
  more: /there are more|goes on/,
  newest_reached: 'NEWEST',
  oldest_reached: 'There may be older ones',
  handoff: 'Handed off to a human',
};

/** Holds every leaf of the JSON against the text, or against the part of it that is about the same thing. */
function expectFacts(value: unknown, text: string, path = '') {
  const key = path.split('.').at(-1) ?? '';
  if (Array.isArray(value)) for (const one of value) expectFacts(one, text, path);
  else if (key === 'custom_data') expectOneOf([`data ${JSON.stringify(value)}`], text, path);
  else if (key === 'arguments') expectOneOf([JSON.stringify(value)], text, path);
  else if (typeof value === 'object' && value !== null) {
    if (key === 'handoff') expect(text).toMatch(signs[key] as string);
    for (const [name, one] of Object.entries(value)) expectFacts(one, text, `${path}.${name}`);
  } else if (typeof value === 'boolean') {
    const isSaid = new RegExp(signs[key] ?? `no sign of ${key}`).test(text);
    // Two members are there only when they are false.
    expect({ [path]: isSaid }).toEqual({ [path]: value !== key.endsWith('_reached') });
  } else expectOneOf(forms(value as string | number), text, path);
}

function expectOneOf(wanted: readonly string[], text: string, path: string) {
  if (wanted.some((one) => text.includes(one))) return;
  expect.fail(`${path} is not in the text: ${wanted[0]}\n---\n${text}`);
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
        const [proven = '', claimed = ''] = ['| verified: ', '| claimed, NOT verified: '].map((begin) =>
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
          positions: given.map((_, n) => ({ filters: {}, page: `page-${n + 1}` })),
          start: { filters: {} },
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
      fc.asyncProperty(hits, async (results) => {
        const { view, text } = await answer(searchSessions, { query: 'room', results });
        const { contacts, sessions: found, ...rest } = view;
        expectFacts(rest, text);
        const shown = parts(text, (line) => /^\| \S/.test(line));
        expect(shown).toHaveLength(contacts.length + found.length);
        for (const [n, hit] of [...contacts, ...found].entries()) {
          expectFacts(hit, shown[n] as string, `hit ${n}`);
        }
      }),
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
      messageId: fc.option(fc.oneof(fc.uuid(), fc.constant('an odd id')), { nil: undefined }),
      replies: fc.option(waited, { nil: undefined }),
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
