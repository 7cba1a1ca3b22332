import { describe, expect, it } from 'vitest';
import type { HistoryItem } from '../../../../src/contract/entities.ts';
import { messageTest } from '../../../../src/conversations/analysis/messages/message-filter.ts';
import { message } from '../../../support/fakes/fakes.ts';

describe('the entries that are wanted', () => {
  const item = (text: string | undefined, more: object = {}): HistoryItem => ({
    ...message('m1', 0),
    event: { type: 'message', ...(text !== undefined && { content: { type: 'text', text } }), ...more },
  });
  const test = (filter: Parameters<typeof messageTest>[0], one: HistoryItem) =>
    messageTest(filter, new AbortController().signal)(one);
  const file = { id: 'f', name: 'a', size: 1, type: 'x', url: 'https://files.example' };
  const event = { type: 'tag_added', context: { tag: 'Refund' } };

  it.each<[Parameters<typeof messageTest>[0], HistoryItem, isWanted: boolean]>([
    [{}, item('Hi'), true],
    [{}, item('Hi', { type: 'tag_added' }), false],
    [{ include_events: true }, item('Hi', { type: 'tag_added' }), true],
    [{ from: 'agent' }, item('Hi', { sender: { type: 'human_agent' } }), true],
    [{ from: 'agent' }, item('Hi', { sender: { type: 'ai' } }), false],
    [{ from: 'agent' }, item('Hi'), false],
    [{ from: 'unknown' }, item('Hi'), true],
    [{ has_attachment: true }, item('Hi', { attachments: [file] }), true],
    [{ has_attachment: true }, item('Hi', { attachments: [] }), false],
    [{ has_attachment: true }, item('Hi'), false],
    [{ has_attachment: false }, item('Hi'), true],
    [{ has_attachment: false }, item('Hi', { attachments: [file] }), false],
    [{ contains: 'blue LID' }, item('The lid is  Blúe.'), true],
    [{ contains: 'blue lid' }, item('The lid is red.'), false],
    [{ contains: '"blue lid"' }, item('The lid is blue.'), false],
    [{ contains: '"blue lid"' }, item('A glue lid'), false],
    [{ contains: '"blue lid"' }, item('A blue list'), false],
    [{ contains: 'lid' }, item('dil'), false],
    [{ contains: '„blue  lid“ red' }, item('A red blue lid'), true],
    [{ contains: '"lid, blue" x' }, item('a lid, blue x'), true],
    [{ contains: 'say"blue lid"' }, item('say blue lid'), true],
    [{ contains: '"blue lid"x' }, item('x lid blue'), false],
    [{ contains: '" lid "' }, item('lids'), true],
    [{ contains: ' ' }, item(undefined), true],
    [{ contains: '""' }, item(undefined), true],
    [{ contains: 'b' }, item('<p>c</p>'), false],
    [{ contains: 'p' }, item('<p>c</p>'), false],
    [{ contains: 'x' }, item(undefined), false],
    [{ contains: 'message' }, item('Hi'), false],
    [{ contains: 'tag_added refund', include_events: true }, item(undefined, event), true],
    [{ contains: 'a b c d e f g h i j k l zzz' }, item('a b c d e f g h i j k l'), true],
    [{ contains: 'a b c d e f g h i j k zzz' }, item('a b c d e f g h i j k'), false],
  ])('%j of %j: %s', async (filter, one, isWanted) => {
    expect(await test(filter, one)).toBe(isWanted);
  });
});
