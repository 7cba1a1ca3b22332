import { describe, expect, it } from 'vitest';
import type { HistoryItem, SearchResults, Session } from '../../src/contract/entities.ts';
import type { z } from '../../src/contract/zod.ts';
import { failureText } from '../../src/presenters/failure.ts';
import { lastMessageView } from '../../src/presenters/last-message.ts';
import { messageViews } from '../../src/presenters/message.ts';
import type { Presented } from '../../src/presenters/rendering/rendering.ts';
import { presentSearch, SearchView } from '../../src/presenters/search-hits.ts';
import { presentSent, SentView } from '../../src/presenters/sent-message.ts';
import { presentSession, SessionView } from '../../src/presenters/session.ts';
import { presentSessionList, SessionListView } from '../../src/presenters/session-list.ts';
import { presentTranscript, TranscriptView } from '../../src/presenters/transcript.ts';
import { fullSession, historyItem } from '../support/examples.ts';
import { context, hidesSomething, hostile, mark, nonce, stringsOf } from '../support/hostile.ts';

/** The session with the text in every field that holds any. */
function hostileSession(text: string): Session {
  const person = { name: text, email: text, custom_data: { [text]: text, plain: text } };
  return {
    ...fullSession,
    id: text,
    status: text,
    ai_closure_type: text,
    sentiment: text,
    channel: { type: text },
    contact: {
      ...person,
      id: text,
      phone_number: text,
      created_at: text,
      updated_at: text,
      non_verified_name: text,
      non_verified_email: text,
      non_verified_custom_data: { [text]: text, n: 1 },
    },
    language: text,
    assignee_id: text,
    custom_data: { [text]: text, flag: true },
    team: { id: text, name: text, description: text },
    handoff: { summary: text, sentiment: text },
    ticketing_system: { name: text, external_id: text, id_type: text },
    created_at: text,
    updated_at: text,
  };
}

const attachment = (text: string) => ({ id: text, name: text, size: 1, type: text, url: text });

/** Messages and other events with the text in every field. */
function hostileHistory(text: string): HistoryItem[] {
  const event = {
    type: 'message',
    sender: { type: text, name: text },
    content: { type: text, text },
    attachments: [attachment(text), attachment(text)],
    context: { [text]: text },
  };
  return [
    { id: text, created_at: text, event },
    { ...historyItem, event },
    { ...historyItem, event: { ...event, type: text } },
    { ...historyItem, event: { type: text, [text]: text, result: { [text]: text } } },
    {
      ...historyItem,
      event: { ...event, content: { type: 'text', text: `<p>${text}</p><div>${text}</div>` } },
    },
    { created_at: text, event: { ...event, sender: null } },
  ];
}

function hostileHits(text: string): SearchResults {
  return {
    contacts: [{ id: text, name: text, email: text, phone: text }],
    messages: [
      { id: text, session_id: text, message: text, type: text },
      { id: 'm', session_id: text, message: text, type: 'message' },
      { id: 'm', session_id: text, message: `<div>${text}</div><p>${text}</p>` },
      { id: 'm', session_id: 's1', message: `${text}${'x'.repeat(300)}end` },
    ],
  };
}

/** What holds for every rendering, whatever was put into it. */
function expectHarmless<View>({ view, text }: Presented<View>, schema: z.ZodTypeAny) {
  expectQuoted(text);
  for (const string of stringsOf(view)) {
    if (hidesSomething(string)) expect.fail(`hides something: ${JSON.stringify(string.slice(0, 300))}`);
  }
  expect(schema.parse(view)).toEqual(view);
  expect(JSON.parse(JSON.stringify(view))).toEqual(view);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(24_000);
  expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThanOrEqual(24_000);
}

function expectQuoted(text: string) {
  if (hidesSomething(text)) expect.fail(`hides something: ${JSON.stringify(text.slice(0, 300))}`);
  const lines = text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
  const escaped = lines.filter((line) => line.includes(mark) && !line.startsWith('| '));
  expect(escaped).toEqual([]);
  const ends = lines.flatMap((line, index) => (line.trim() === `${nonce}]` ? [index] : []));
  const starts = lines.flatMap((line, index) => (line.trim() === `[${nonce}` ? [index] : []));
  expect(starts).toHaveLength(1);
  expect(ends).toEqual([lines.length - 1]);
  // Nothing but the block stands between its marks, and nothing of the block outside.
  for (const [index, line] of lines.entries()) {
    const inBlock = index > (starts[0] ?? 0) && index < (ends[0] ?? 0);
    expect(line.startsWith('| ')).toBe(inBlock);
  }
}

const named = hostile.map((text) => [JSON.stringify(text).slice(0, 70), text] as const);

it('there are many hostile texts to test with', () => {
  expect(new Set(hostile).size).toBeGreaterThanOrEqual(200);
});

describe.each(named)('with the text %s in every field', (_, text) => {
  it('a session stays harmless', async () => {
    const items = hostileHistory(text);
    const messages = await messageViews(items, 1000);
    const window = { items, olderExist: true, newestReached: true };
    expectHarmless(presentSession(hostileSession(text), messages, window, context), SessionView);
    expectHarmless(presentSession(hostileSession(text), undefined, undefined, context), SessionView);
  });

  it('a list stays harmless', () => {
    const sessions = [hostileSession(text), { ...hostileSession(text), contact: null }];
    expectHarmless(
      presentSessionList(sessions, true, () => 's1.cursor', context),
      SessionListView,
    );
  });

  it('a list with last messages stays harmless', async () => {
    const sessions = hostileHistory(text).map(() => hostileSession(text));
    const last = await Promise.all(hostileHistory(text).map((item) => lastMessageView('open', { item })));
    expectHarmless(
      presentSessionList(sessions, true, () => 's1.cursor', context, last),
      SessionListView,
    );
  });

  it('the replies to a message stay harmless', async () => {
    const messages = await messageViews(hostileHistory(text), 2000);
    const replies = {
      items: [],
      ended: 'answered',
      waitedSeconds: 1,
      wantedSeconds: 2,
      ownSeen: true,
    } as const;
    const sent = { sessionId: 's1', outcome: 'sent', messageId: text, replies } as const;
    expectHarmless(presentSent(sent, messages, context), SentView);
  });

  it('a transcript stays harmless, and no content looks like an entry', async () => {
    const items = hostileHistory(text);
    const window = { items, counted: 9, complete: false, newestReached: false, olderExist: true };
    const messages = await messageViews(items, 2000);
    const shown = presentTranscript('s1', window, messages, 'entries', context);
    expectHarmless(shown, TranscriptView);
    const entries = shown.text.split('\n').filter((line) => /^\| (?! )/.test(line));
    // Entries, attachments, and the facts that were not plain words; every other line is content, and indented.
    expect(entries.filter((line) => /^\| \S+ (?:contact|ai|agent)\b/.test(line))).toEqual([]);
    const ofOurs = /^\| (?:(?:08:00Z|.{1,41}) system\b.*:$|attachment "|\d+ more attachments|Last one|Older)/;
    expect(entries.filter((line) => !ofOurs.test(line))).toEqual([]);
    expect(entries.filter((line) => line.endsWith(':')).length).toBe(shown.view.shown);
  });

  it('search hits stay harmless', async () => {
    for (const query of ['end', 'inside', text]) {
      expectHarmless(await presentSearch(hostileHits(text), query, context), SearchView);
    }
  });

  it('a failure stays harmless', () => {
    const ours = { what: 'It failed.', changed: 'Nothing was changed.', next: 'Stop.' };
    const said = failureText({ ...ours, apiMessage: text }, nonce);
    expectQuoted(said);
    expect(said.split('\n').slice(0, 3)).toEqual(['It failed.', 'Nothing was changed.', 'Stop.']);
  });
});
