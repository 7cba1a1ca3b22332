import type { HistoryItem, Session } from '../../../src/contract/entities.ts';

/** Names and channels that vary from item to item, so that no two items have the same text. */
const people = [
  ['Amelia Hart', 'amelia@example.com'],
  ['Jonas Weber', 'jonas@example.org'],
  ['Priya Nair', 'priya@example.net'],
  ['Mateo Ruiz', 'mateo@example.com'],
  ['Chloe Martin', 'chloe@example.org'],
] as const;
const channels = ['web', 'email', 'whatsapp', 'sms', 'phone_voice', 'slack', 'instagram'] as const;
const statuses = ['open', 'closed_resolved', 'closed_unresolved'] as const;

const pick = <T>(values: readonly T[], n: number): T => values[n % values.length] as T;

/** A version 4 UUID that looks random and is always the same for one `n`. */
function uuid(n: number): string {
  let state = (n + 1) * 0x9e3779b1;
  const hex = Array.from({ length: 32 }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) + 0x6d2b79f5;
    return ((state >>> 24) & 15).toString(16);
  }).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** The time that all ages are relative to. */
export const now = new Date('2026-11-21T12:00:00.000Z');

const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();

/** A session with every documented field. */
export function filledSession(n = 0): Session {
  const [name, email] = pick(people, n);
  return {
    id: uuid(n * 4),
    ticket_number: 4521 + n,
    status: pick(statuses, n),
    ai_closure_type: 'handed_off',
    sentiment: pick(['angry', 'happy', 'neutral'] as const, n),
    channel: { type: pick(channels, n) },
    contact: {
      id: uuid(n * 4 + 1),
      email,
      phone_number: `+4930555${String(1000 + n)}`,
      name,
      custom_data: {
        plan: 'pro',
        customer_since: '2023-04',
        region: 'emea',
        seats: '12',
        account_manager: 'Nadia',
      },
      created_at: minutesAgo(90_000 + n),
      updated_at: minutesAgo(900 + n),
      non_verified_name: name.split(' ')[0] ?? name,
      non_verified_email: `${name.split(' ')[0]?.toLowerCase()}@mail.example`,
      non_verified_custom_data: { page: '/pricing', seats: 40, trial: false },
    },
    language: 'en',
    assignee_id: '482',
    custom_data: {
      order_id: `A-${10_234 + n}`,
      priority: 2,
      vip: true,
      source: 'help centre',
      page: '/account/invoices',
    },
    team: { id: uuid(n * 4 + 2), name: 'Billing', description: 'Invoices, refunds and payment methods' },
    handoff: {
      summary: 'The customer was charged twice for one order and asks for a refund of the second charge.',
      sentiment: 'angry',
    },
    ticketing_system: { name: 'zendesk', external_id: String(88_100 + n), id_type: 'ticket_id' },
    assist_mode: true,
    created_at: minutesAgo(n % 5 === 4 ? 2000 + n * 37 : 300 + n * 37),
    // One in five was updated on a later day than it was created.
    updated_at: minutesAgo(n % 5 === 4 ? 12 : 250 + n * 31),
  };
}

const exchange = [
  ['contact', 'Hello, I was charged twice for my last order. Can you check that for me?'],
  ['ai', 'I am sorry about that. Could you give me the number of the order?'],
  ['contact', 'It is A-10234, from Tuesday.'],
  ['ai', 'Thank you. I see two charges, and have asked a colleague to look.'],
  ['agent', 'Hi, the second one was a mistake. I sent the money back to your card today.'],
] as const;

/** One message of a conversation, with every documented member. */
export function filledMessage(n: number, count = 50): HistoryItem {
  const [type, text] = pick(exchange, n);
  return {
    id: uuid(1000 + n),
    created_at: minutesAgo((count - n) * 3),
    event: {
      type: 'message',
      sender: { type, name: type === 'contact' ? 'Amelia Hart' : type === 'ai' ? 'Autopilot' : 'Jonas' },
      content: { type: 'text', text },
      attachments: [],
      context: {},
    },
  };
}
