import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { foundMessage } from '../../../src/conversations/analysis/messages/find-order.ts';
import { encodeCursor } from '../../../src/conversations/listing/cursor.ts';
import { toJsonSchema } from '../../../src/mcp/json-schema.ts';
import { presentFoundMessages } from '../../../src/presenters/analysis/found-messages.ts';
import { presentSessionCounts } from '../../../src/presenters/analysis/session-counts.ts';
import { messageViews } from '../../../src/presenters/message.ts';
import { presentSession } from '../../../src/presenters/session.ts';
import { presentSessionList } from '../../../src/presenters/session-list.ts';
import { presentTranscript } from '../../../src/presenters/transcript.ts';
import { tools } from '../../../src/tools/index.ts';
import { filledMessage, filledSession, now } from './filled.ts';

/** Tokens in OpenAI's o200k vocabulary. Those of other vendors are similar. */
const tokens = (value: unknown) => encode(typeof value === 'string' ? value : JSON.stringify(value)).length;

const context = { now, nonce: 'a1b2c3d4e5f6' };

export interface Cost {
  readonly what: string;
  /** Tokens of the API's own JSON with the same content. */
  readonly api?: number;
  readonly text: number;
  readonly json?: number;
  readonly most: { readonly text: number; readonly json?: number };
}

function toolList(): Cost {
  const listed = tools.map(({ name, description, input }) => ({
    name,
    description,
    inputSchema: toJsonSchema(input),
  }));
  return { what: 'the list of all tools', text: tokens(listed), most: { text: 2250 } };
}

function list(): Cost {
  const sessions = Array.from({ length: 25 }, (_, n) => filledSession(n));
  const created = { at: Date.parse(sessions.at(-1)?.created_at ?? ''), newestFirst: true };
  const cursorAfter = () =>
    encodeCursor({
      filters: { status: 'open', handed_off: true },
      page: 'eyJjcmVhdGVkX2F0IjoxNzYzNzI2NDAwMDAwfQ',
      after: { passed: ['1a2b3c4', '5d6e7f8', '9g0h1i2'], created },
    });
  const { view, text } = presentSessionList(sessions, true, cursorAfter, context);
  if (view.shown !== 25) throw new Error('Not all of the 25 sessions fit.');
  return {
    what: 'a list of 25 sessions',
    api: tokens({ items: sessions, next: 'eyJjcmVhdGVkX2F0IjoxNzYzNzI2NDAwMDAwfQ' }),
    text: tokens(text),
    json: tokens(view),
    most: { text: 1900, json: 2600 },
  };
}

function session(): Cost {
  const one = filledSession();
  const { view, text } = presentSession(one, undefined, undefined, context);
  const most = { text: 380, json: 410 };
  return { what: 'one session', api: tokens(one), text: tokens(text), json: tokens(view), most };
}

async function transcript(): Promise<Cost> {
  const items = Array.from({ length: 50 }, (_, n) => filledMessage(n));
  const window = { items, counted: 143, complete: true, newestReached: true, olderExist: true };
  const messages = await messageViews(items, 2000);
  const { view, text } = presentTranscript(filledSession().id, window, messages, 'messages', context);
  const words = items.reduce((sum, { event }) => sum + tokens(event.content?.text ?? ''), 0);
  return {
    what: `50 messages, ${words} tokens of bare words`,
    api: tokens({ items, next: 'eyJjcmVhdGVkX2F0IjoxNzYzNzI2NDAwMDAwfQ' }),
    text: tokens(text),
    json: tokens(view),
    most: { text: 1800, json: 2400 },
  };
}

async function found(): Promise<Cost> {
  const messages = Array.from({ length: 50 }, (_, n) => {
    const session = filledSession(Math.floor(n / 2));
    const history = [filledMessage(n)];
    return foundMessage(session, history, 0) ?? [];
  }).flat();
  const coverage = {
    sessionsRead: 25,
    sessionsMatching: 25,
    complete: true,
    newest: now.toISOString(),
    oldest: now.toISOString(),
  };
  const rest = {
    until: undefined,
    contains: undefined,
    claimed: 0,
    failed: [],
    passedOver: 0,
    inPart: [],
    unreadable: 0,
  };
  const result = {
    ...{ messages, coverage, ...rest, since: now.getTime() - 86_400_000 },
    ...{ interrupted: undefined, stop: undefined },
    positionAfter: () => undefined,
    nextSinceAfter: () => ({ at: now.getTime(), handedOut: [] }),
  };
  const { view, text } = await presentFoundMessages(
    result,
    () => undefined,
    () => now.toISOString(),
    context,
  );
  if (view.shown !== 50) throw new Error('Not all of the 50 messages fit.');
  const items = messages.map(({ item }) => item);
  return {
    what: '50 messages of 25 sessions',
    api: tokens({ items, next: null }),
    text: tokens(text),
    json: tokens(view),
    most: { text: 2500, json: 4200 },
  };
}

function counted(): Cost {
  const groups = Array.from({ length: 30 }, (_, n) => ({
    key: [`channel_${n}`, 'closed_unresolved'],
    count: 1000 - n,
    previous: 900 + n,
    examples: [4521 + n, 4551 + n, 4581 + n],
  }));
  const times = { newest: now.toISOString(), oldest: now.toISOString() };
  const { view, text } = presentSessionCounts(
    {
      groupBy: ['channel', 'status'],
      offsetMinutes: 0,
      tally: {
        ...{ total: 29_565, previous: 27_435, read: 57_000, unproven: 0, unreadable: 0 },
        ...{ groups, recent: [], beyond: { count: 0, previous: 0 } },
      },
      coverage: { sessionsRead: 57_000, sessionsMatching: 57_000, complete: true, ...times },
      stretch: { previousFrom: times.oldest, from: times.oldest, to: times.newest },
      byContact: false,
    },
    context,
  );
  return {
    what: 'counts of 30 groups',
    text: tokens(text),
    json: tokens(view),
    most: { text: 950, json: 1150 },
  };
}

/** The tokens of each kind of answer, measured on sessions with every documented field. */
export async function costs(): Promise<Cost[]> {
  return [toolList(), list(), session(), await transcript(), await found(), counted()];
}
