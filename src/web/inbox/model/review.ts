import type { InboxEntry, InboxReview } from '../../../presenters/inbox/views.ts';
import { count, partyName } from '../../shared/words.ts';

/** What stands above a draft whose conversation has changed. Lines may repeat. */
interface ChangeNotice {
  readonly title: string;
  readonly changes: readonly string[];
  readonly messages: readonly NewMessage[];
}

/** A message in one line. The words and the names of files are those of whoever wrote it. */
interface NewMessage {
  readonly by: string;
  readonly words: string;
  readonly files?: string | undefined;
}

/**
 * @param isRefused whether an approval of what was shown before was answered with this review. Then there is always
 * something to say: what differs may be a message that is gone.
 * @returns undefined if nothing has changed.
 */
export function noticeOf(review: InboxReview | undefined, isRefused: boolean): ChangeNotice | undefined {
  const { changes = [], new_messages = [] } = review ?? {};
  const isVisible = changes.length > 0 || new_messages.length > 0;
  if (!isVisible && !isRefused) return undefined;
  const since = `The conversation has changed since this was ${isVisible ? 'written' : 'shown'}.`;
  return {
    title: isRefused ? `Not sent. ${since}` : since,
    changes: isVisible ? changes : ['Nothing new was written. A message may have been removed.'],
    messages: new_messages.map(newMessage),
  };
}

function newMessage({ from, internal, text, files = [], files_left_out = 0 }: InboxEntry): NewMessage {
  const number = files.length + files_left_out;
  const names = [...files.map(({ name }) => name ?? 'no name'), ...(files_left_out > 0 ? ['…'] : [])];
  return {
    by: `${partyName(from)} wrote${internal ? ', not seen by the customer' : ''}`,
    words: text || (number > 0 ? '' : 'no visible text'),
    ...(number > 0 && { files: `${count(number, 'file', 'files')}: ${names.join(', ')}` }),
  };
}
