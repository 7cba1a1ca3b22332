import { mayBeCustomer, partyOf } from '../contract/history.ts';
import { cleanLine } from '../text/clean.ts';
import { quoted } from './rendering/quoting.ts';
import { omitEmpty } from './rendering/rendering.ts';

/** The description of `from` in a view. */
export const fromDescription = 'contact, ai, agent, system, or an unknown sender and what it calls itself';

interface Sender {
  readonly type: string;
  readonly name?: string | null | undefined;
}

interface SenderView {
  from: string;
  name?: string | undefined;
  claimed_name?: string | undefined;
}

/** Word of the reader for a sender without a type. */
const noType = 'unknown';

/**
 * Who wrote an entry. The party is ours, the words are theirs: a name is quoted, and that of a customer is only claimed,
 * because nobody verifies the name in a message.
 */
export function senderView(sender: Sender | null | undefined): SenderView {
  const party = partyOf(sender?.type);
  const name = sender?.name ? cleanLine(sender.name) : undefined;
  return {
    from: party === 'unknown' ? unknownSender(sender?.type) : party,
    ...(mayBeCustomer(party) ? omitEmpty({ claimed_name: name }) : omitEmpty({ name })),
  };
}

const unknownText = 'unknown sender';

function unknownSender(word: string | undefined): string {
  return word === undefined || word === noType ? unknownText : `${unknownText} (says ${quoted(word, 40)})`;
}

/** Whether the words of such a sender may be the customer's. */
export function isFromCustomer(from: string): boolean {
  return from === 'contact' || from.startsWith(unknownText);
}

/** The name of a customer's message is the verified one if the session's contact has the same. */
export function withVerifiedName<T extends SenderView>(
  messages: readonly T[],
  contact: { readonly name?: string | null | undefined } | null | undefined,
): T[] {
  const verified = contact?.name ? cleanLine(contact.name) : undefined;
  return messages.map((message) => {
    const { claimed_name, ...others } = message;
    const isVerified = message.from === 'contact' && claimed_name !== undefined && claimed_name === verified;
    return isVerified ? ({ ...others, name: claimed_name } as unknown as T) : message;
  });
}

/** `agent "Jonas"`, `contact claimed: "Amelia Hart"`. */
export function senderText({ from, name, claimed_name }: SenderView): string {
  return [from, name && quoted(name), claimed_name && `claimed: ${quoted(claimed_name)}`]
    .filter(Boolean)
    .join(' ');
}
