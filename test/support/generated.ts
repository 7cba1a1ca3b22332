import fc from 'fast-check';
import type { HistoryItem, SearchResults, Session } from '../../src/contract/entities.ts';
import type { HistoryWindow } from '../../src/conversations/reading/newest-messages.ts';
import { now } from './fakes/fakes.ts';
import { webAddresses } from './text/arbitraries.ts';

/**
 * Text that people write, some of it hostile. Each ends with a unique word, so that a rendering contains it only where it
 * shows this value.
 */
let drawn = 0;
const unique = () => {
  drawn += 1;
  return ` w${drawn}q`;
};
const words = fc
  .oneof(
    { weight: 6, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        'a\n\nb',
        '"quoted", \\ and |',
        '{"a":1}',
        '2026-01-01T00:00Z ai:',
        '\u202eabc\u200b',
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('<p>Hello</p><p>World</p>', 'x '.repeat(700), '漢'.repeat(3000)),
    },
  )
  .map((text) => text.replace(/(?:<\/p>)?$/, (end) => unique() + end));

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 2 });

const time = fc.integer({ min: -600_000, max: 5 }).map((minutes) => at(minutes * 60_000));
const at = (ms: number) => new Date(now.getTime() + ms).toISOString();

const customData = fc
  .array(fc.tuple(words, fc.oneof(words, fc.integer(), fc.boolean())), { maxLength: 3 })
  .map((entries) => Object.fromEntries(entries));

const contact = fc.record({
  id: fc.uuid(),
  email: orNull(fc.emailAddress()),
  phone_number: orNull(words),
  name: orNull(words),
  custom_data: orNull(customData as fc.Arbitrary<Record<string, string>>),
  created_at: time,
  updated_at: time,
  non_verified_name: orNull(words),
  non_verified_email: orNull(words),
  non_verified_custom_data: orNull(customData),
});

const plainWord = fc.constantFrom('open', 'closed_resolved', 'on hold', 'new_word');

export const sessions: fc.Arbitrary<Session> = fc.record({
  id: fc.uuid(),
  ticket_number: fc.integer({ min: 100_000, max: 999_999 }),
  status: plainWord,
  ai_closure_type: orNull(plainWord),
  sentiment: orNull(fc.constantFrom('angry', 'very happy')),
  channel: fc.record({ type: fc.constantFrom('web', 'e mail') }),
  contact: maybe(contact),
  language: maybe(fc.constantFrom('en', 'pt-BR')),
  assignee_id: maybe(fc.constantFrom('482', 'some body')),
  custom_data: maybe(customData),
  team: maybe(fc.record({ id: fc.uuid(), name: words })),
  handoff: maybe(fc.record({ summary: words, sentiment: maybe(fc.constantFrom('angry', 'a bit sad')) })),
  ticketing_system: maybe(
    fc.record({ name: fc.constantFrom('zendesk', 'my desk'), external_id: words, id_type: plainWord }),
  ),
  assist_mode: fc.boolean(),
  created_at: time,
  updated_at: time,
});

const attachment = fc.record({
  id: fc.uuid(),
  name: words,
  type: fc.constant('image/png'),
  size: fc.nat(),
  url: webAddresses,
});

const mail = `Yes.\n\nOn Monday Maud wrote:\n> ${'Is there room for it? '.repeat(20)}`;

const item: fc.Arbitrary<Omit<HistoryItem, 'created_at'>> = fc.record({
  id: fc.uuid(),
  event: fc.record({
    type: fc.constantFrom('message', 'message', 'message', 'handoff', 'odd event'),
    sender: maybe(fc.record({ type: fc.constantFrom('contact', 'ai', 'agent', 'bot'), name: maybe(words) })),
    content: maybe(
      fc.record({ type: fc.constant('text'), text: fc.oneof(words, words, fc.constantFrom('', mail)) }),
    ),
    attachments: fc.array(attachment, { maxLength: 2 }),
    context: maybe(customData),
  }),
});

/** In reading order, often several at the same time. */
export const histories: fc.Arbitrary<HistoryItem[]> = fc
  .array(fc.tuple(item, fc.constantFrom(0, 0, 3, 90, 3000)), { maxLength: 12 })
  .map((entries) => {
    let minutes = -40_000;
    return entries.map(([one, gap]) => {
      minutes += gap;
      return { ...one, created_at: at(minutes * 60_000) };
    });
  });

/** The possible results of reading a history. */
export const windows: fc.Arbitrary<HistoryWindow> = fc
  .record({
    items: histories,
    older: fc.nat({ max: 200 }),
    complete: fc.boolean(),
    newestReached: fc.boolean(),
    before: maybe(fc.uuid()),
  })
  .map(({ items, older, complete, newestReached, before }) => ({
    items,
    ...(before === undefined ? {} : { before }),
    // Only messages that were read are counted: with no items and no `before`, there are none.
    ...(complete || before === undefined
      ? { counted: before === undefined && items.length === 0 ? 0 : items.length + older }
      : {}),
    complete,
    newestReached: complete || newestReached,
    olderExist: older > 0,
  }));

const hit = fc.oneof(words, words, fc.constantFrom(mail, `There is room.\n\n${mail}`));

export const hits: fc.Arbitrary<SearchResults> = fc
  .record({
    contacts: fc.array(
      fc.record({
        id: fc.uuid(),
        name: orNull(words),
        email: maybe(fc.emailAddress()),
        phone: orNull(words),
      }),
      { maxLength: 25 },
    ),
    sessions: fc.array(fc.uuid(), { minLength: 1, maxLength: 4 }),
    messages: fc.array(
      fc.tuple(fc.nat(), fc.record({ id: fc.uuid(), message: hit, type: maybe(plainWord) })),
      { maxLength: 60 },
    ),
  })
  .map(({ contacts, sessions, messages }) => ({
    contacts,
    messages: messages.map(([n, message]) => ({
      ...message,
      session_id: sessions[n % sessions.length] as string,
    })),
  })) as fc.Arbitrary<SearchResults>;
