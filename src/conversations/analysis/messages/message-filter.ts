import { boundedJson } from '../../../contract/bounded-json.ts';
import type { HistoryItem } from '../../../contract/entities.ts';
import { otherFieldsOf, partyOf } from '../../../contract/history.ts';
import { clean } from '../../../text/clean.ts';
import { fold } from '../../../text/fold.ts';
import { readableText } from '../../../text/mail/readable-text.ts';

/** Which entries of a history are wanted. */
export interface MessageFilter {
  readonly from?: string | undefined;
  /** Words that all occur, or phrases in quotation marks. Case, accents and white space do not count. */
  readonly contains?: string | undefined;
  readonly has_attachment?: boolean | undefined;
  /** Whether entries other than messages count. */
  readonly include_events?: boolean | undefined;
}

type Test = (item: HistoryItem) => Promise<boolean>;

/** More words are ignored: each costs a search through the text. */
const maxTerms = 12;

/** A test for entries. Words are looked for in the text that people see, not in markup. */
export function messageTest(filter: MessageFilter, signal: AbortSignal): Test {
  const { from, contains, has_attachment, include_events = false } = filter;
  const wanted = contains === undefined ? [] : terms(contains);
  return async ({ event }) => {
    if (!include_events && event.type !== 'message') return false;
    if (from !== undefined && partyOf(event.sender?.type) !== from) return false;
    if (has_attachment !== undefined && has_attachment !== (event.attachments?.length ?? 0) > 0) return false;
    if (wanted.length === 0) return true;
    const others = otherFieldsOf(event);
    const name = event.type === 'message' ? undefined : event.type;
    const raw = [event.content?.text, name, others && boundedJson(others)].filter(Boolean).join('\n');
    if (raw === '') return false;
    const text = folded((await readableText(raw, { signal })).text);
    return wanted.every((term) => text.includes(term));
  };
}

/** The words and quoted phrases of `contains`, folded. */
function terms(contains: string): string[] {
  const found = contains.matchAll(/["“”„«]([^"“”„«»]*)["“”»]|([^\s"“”„«»]+)/g);
  return [...found]
    .map(([, phrase, word]) => folded(phrase ?? word ?? ''))
    .filter((term) => term !== '')
    .slice(0, maxTerms);
}

function folded(text: string): string {
  return fold(clean(text)).replace(/\s+/g, ' ').trim();
}
