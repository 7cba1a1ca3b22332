import { describe, expect, it } from 'vitest';
import type { HistoryWindow } from '../../src/conversations/reading/newest-messages.ts';
import type { MessageView } from '../../src/presenters/message.ts';
import { presentTranscript, TranscriptView } from '../../src/presenters/transcript.ts';
import { message } from '../support/fakes/fakes.ts';

const context = { now: new Date('2026-03-01T12:00:00Z'), nonce: 'n0' };
const whole = { counted: 2, complete: true, newestReached: true, olderExist: false };

function present(
  more: Partial<HistoryWindow>,
  { n = 2, noun = 'messages', cursor }: { n?: number; noun?: string; cursor?: string } = {},
) {
  const items = Array.from({ length: n }, (_, i) => message(`m${i}`, `2026-03-01T11:0${i}:00Z`));
  const views: MessageView[] = items.map((_, i) => ({
    at: `2026-03-01T11:0${i}Z`,
    from: 'agent',
    text: `${i}`,
  }));
  const { view, text } = presentTranscript('s1', { items, ...whole, ...more }, views, noun, context, cursor);
  expect(TranscriptView.strict().parse(view)).toEqual(view);
  return { view, lines: text.split('\n') };
}
const head = (...given: Parameters<typeof present>) =>
  present(...given).lines.filter((line) => !/^(?:\||\[|n0|Words of)/.test(line));

const lastOne = 'Last one shown: 2026-03-01T11:01Z (59 min ago).';
const beginning = 'This is the beginning of the conversation.';

describe('a transcript', () => {
  it.each<[string, Parameters<typeof present>, string[]]>([
    ['that is whole', [{}], ['Session s1: 2 of 2 messages, in reading order.', lastOne]],
    [
      'that is whole up to a message',
      [{ before: 'm2' }],
      [
        'Session s1: 2 messages, in reading order, all older than m2. The whole history has 2 messages.',
        lastOne,
        beginning,
      ],
    ],
    [
      'whose beginning was reached, but not all is shown',
      [{ counted: 3 }],
      ['Session s1: 2 of 3 messages, in reading order.', lastOne, beginning],
    ],
    [
      'of one older entry',
      [
        { before: 'm2', olderExist: true },
        { n: 1, noun: 'entries' },
      ],
      [
        'Session s1: 1 entry, older than m2. The whole history has 2 entries.',
        'Last one shown: 2026-03-01T11:00Z (60 min ago).',
        'Older ones: get_session_history with before m0',
      ],
    ],
    [
      'of one older message',
      [{ before: 'm2', olderExist: true }, { n: 1 }],
      [
        'Session s1: 1 message, older than m2. The whole history has 2 messages.',
        'Last one shown: 2026-03-01T11:00Z (60 min ago).',
        'Older ones: get_session_history with before m0',
      ],
    ],
    [
      'of none',
      [{ before: 'm2', counted: undefined as never, complete: false }, { n: 0 }],
      ['Session s1: no messages are older than m2.', beginning],
    ],
    ['that is empty', [{ counted: 0 }, { n: 0 }], ['Session s1: no messages yet.']],
    [
      'whose message was not reached',
      [
        { before: 'm9', beforeNotReached: true, complete: false, newestReached: false, olderExist: true },
        { n: 0, cursor: 'h1' },
      ],
      [
        'Session s1: m9 was not reached in the part that one call could read (at least 2 messages).',
        'The history is too long to be read to its end in one call: its NEWEST entries are missing here.',
        'Read on: get_session_history with cursor h1',
      ],
    ],
    [
      'with nothing, before which there may be something',
      [{ complete: false, olderExist: true }, { n: 0 }],
      [
        'Session s1: no messages in the part that could be read.',
        'There may be older ones, beyond what one call can read.',
      ],
    ],
    [
      'with nothing, that is read on with a cursor',
      [
        { complete: false, olderExist: true },
        { n: 0, cursor: 'h1' },
      ],
      [
        'Session s1: no messages in the part that could be read.',
        'Read on: get_session_history with cursor h1',
      ],
    ],
    [
      'that was interrupted',
      [{ complete: false, newestReached: false, interrupted: 'failed', eventsLeftOut: 2 }],
      [
        'Session s1: 2 of at least 2 messages, in reading order.',
        'The NEWEST entries may be missing here.',
        lastOne,
        `Not all was read: the API did not deliver a further page. Calling again may read it. 2 events (handoffs, status changes, actions, internal notes) left out: include_events true shows them. ${beginning}`,
      ],
    ],
  ])('%s says so', (_, given, lines) => {
    expect(head(...given)).toEqual(lines);
  });

  it('goes on before the oldest one shown, by its id or else its time', () => {
    expect(present({ olderExist: true }).view.before).toBe('m0');
    const oldestRead = message(undefined, '2026-03-01T10:00:00.123Z');
    const { view } = present({ olderExist: true, oldestRead }, { n: 0 });
    expect(view.before).toBe('2026-03-01T10:00:00.123Z');
    expect(view).not.toHaveProperty('oldest_reached');
    expect(present({ oldestRead }, { n: 0 }).view).not.toHaveProperty('before');
  });
});
