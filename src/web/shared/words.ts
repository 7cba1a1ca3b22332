import type { InboxRow } from '../../presenters/inbox/views.ts';

/** The words of the pages for those of the API. What is not known is shown as it is. */

const channels: Readonly<Record<string, string>> = {
  web: 'Web chat',
  email: 'Email',
  phone_voice: 'Phone',
  web_voice: 'Web call',
  slack: 'Slack',
  sms: 'SMS',
  whatsapp: 'WhatsApp',
  instagram: 'Instagram',
  messenger: 'Messenger',
  api: 'API',
};

export const channelNames = Object.entries(channels);

export function channelName(channel: string): string {
  return own(channels, channel) ?? channel;
}

const statuses: Readonly<Record<string, string>> = {
  open: 'Open',
  closed_resolved: 'Closed, resolved',
  closed_unresolved: 'Closed, unresolved',
};

export const statusNames = Object.entries(statuses);

export function statusName(status: string): string {
  return own(statuses, status) ?? status;
}

const parties: Readonly<Record<string, string>> = {
  contact: 'Customer',
  ai: 'AI',
  agent: 'Agent',
  system: 'System',
};

export function partyName(from: string): string {
  return own(parties, from) ?? from;
}

/** What a customer is called. */
export function nameOf(contact: InboxRow['contact']): string {
  return contact?.name ?? contact?.email ?? (contact?.unreadable ? 'Contact could not be read' : 'No name');
}

function own(names: Readonly<Record<string, string>>, word: string): string | undefined {
  return Object.hasOwn(names, word) ? names[word] : undefined;
}

/** `agent_took_session_from_ai` as words. */
export function sentence(word: string): string {
  const words = word.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The same steps as in the answers of tools (`text/time-format.ts`): people and assistants talk about the same ages. */
const units = [
  ['d', 86_400_000, 172_800_000],
  ['h', 3_600_000, 5_400_000],
  ['min', 60_000, 60_000],
] as const;

/** `3 h`; `now` for less than a minute; empty for what is not a time. */
export function ageOf(at: string, now: number): string {
  return duration(now - Date.parse(at), Math.floor);
}

/** The time that is left, like an age: `24 h`, `now`. */
export function timeLeft(until: string, now: number): string {
  return duration(Date.parse(until) - now, Math.round);
}

function duration(ms: number, round: (units: number) => number): string {
  if (Number.isNaN(ms)) return '';
  const [unit, size] = units.find(([, , from]) => ms >= from) ?? ['', 0];
  return size === 0 ? 'now' : `${round(ms / size)} ${unit}`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

const format = (formatter: Intl.DateTimeFormat) => (at: string) => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? at : formatter.format(date);
};

export const clockTime = format(clock);
export const dayOf = format(day);
export const exactTime = format(exact);

export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** About two lines, up to the end of a word. */
const maxExcerptCharacters = 90;

export function excerptOf(text: string): string {
  if (text.length <= maxExcerptCharacters) return text;
  const cut = text.slice(0, maxExcerptCharacters);
  return `${cut
    .replace(/\s\S{0,20}$/, '')
    .trimEnd()
    .toWellFormed()}…`;
}
