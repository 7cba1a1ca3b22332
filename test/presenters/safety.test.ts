import { describe, expect, it } from 'vitest';
import type { HistoryItem } from '../../src/contract/entities.ts';
import { messageViews } from '../../src/presenters/message.ts';
import { presentTranscript } from '../../src/presenters/transcript.ts';
import { historyItem } from '../support/fakes/examples.ts';
import { context, hostile } from '../support/text/hostile.ts';

// That hostile text stays quoted is tested for every tool, in test/tools/every-tool.

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

const named = hostile.map((text) => [JSON.stringify(text).slice(0, 70), text] as const);

it('there are many hostile texts to test with', () => {
  expect(new Set(hostile).size).toBeGreaterThanOrEqual(200);
});

describe.each(named)('with the text %s in every field', (_, text) => {
  it('no content of a transcript looks like an entry', async () => {
    const items = hostileHistory(text);
    const window = { items, counted: 9, complete: false, newestReached: false, olderExist: true };
    const messages = await messageViews(items, 2000);
    const shown = presentTranscript('s1', window, messages, 'entries', context);
    const entries = shown.text.split('\n').filter((line) => /^\| (?! )/.test(line));
    // Entries, attachments, and the facts that were not plain words; every other line is content, and indented.
    expect(entries.filter((line) => /^\| \S+ (?:contact|ai|agent|system)\b/.test(line))).toEqual([]);
    const ofOurs =
      /^\| (?:(?:08:00Z|.{1,41}) unknown sender\b.*:$|attachment "|\d+ more attachments|Last one|Older)/;
    expect(entries.filter((line) => !ofOurs.test(line))).toEqual([]);
    expect(entries.filter((line) => line.endsWith(':')).length).toBe(shown.view.shown);
  });
});
