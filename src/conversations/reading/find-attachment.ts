import type { HistoryItem } from '../../contract/entities.ts';
import { cleanLine, maxUrlCharacters } from '../../text/clean.ts';
import { parseTime } from '../../text/time-format.ts';
import type { Context } from '../context.ts';
import { maxHistoryPages, readingDeadline } from './newest-messages.ts';
import { type Interruption, oncePerId, untilFailure } from './until-failure.ts';

type Attachment = NonNullable<HistoryItem['event']['attachments']>[number];

/** A file, and the message that it came with. */
export interface SentFile {
  readonly file: Attachment;
  readonly item: HistoryItem;
}

/** What a history says about one file. */
export interface AttachmentSearch {
  /** Absent if the part of the history that was read has no such file. */
  readonly found?: SentFile;
  /** How many other files have the name that was asked for; the newest of them is `found`. */
  readonly sameName: number;
  /** All files that were seen, the newest first. */
  readonly files: readonly SentFile[];
  /** Whether the whole history was read. */
  readonly complete: boolean;
  readonly interrupted?: Interruption;
}

/**
 * Looks for a file in the history of a session, page by page as the API gives them, until it is found.
 * @param wanted its id or address; or its name, for which the whole history is read, because it may not be the only one.
 */
export async function findAttachment(
  sessionId: string,
  wanted: string,
  context: Context,
): Promise<AttachmentSearch> {
  const { client, call } = context;
  const deadline = readingDeadline(context);
  const files: SentFile[] = [];
  const isNew = oncePerId();
  let complete = true;
  let interrupted: Interruption | undefined;
  const onInterruption = (why: Interruption) => {
    interrupted = why;
    complete = false;
  };
  let pagesRead = 0;
  for await (const page of untilFailure(client.historyPages(sessionId, call), onInterruption)) {
    for (const item of page.items.filter(isNew))
      files.push(...(item.event.attachments ?? []).map((file) => ({ file, item })));
    pagesRead += 1;
    if (!page.next) break;
    if (
      files.some(({ file }) => isMeant(file, wanted, context)) ||
      pagesRead === maxHistoryPages ||
      deadline.hasPassed
    ) {
      complete = false;
      break;
    }
  }
  files.sort((a, b) => parseTime(b.item.created_at) - parseTime(a.item.created_at));
  const [first, ...rest] = files.filter(({ file }) => isNamed(file, wanted, context));
  const exact = files.find(({ file }) => isMeant(file, wanted, context));
  const found = exact ?? first;
  return {
    ...(found ? { found } : {}),
    sameName: exact ? 0 : rest.length,
    files,
    complete,
    ...(interrupted === undefined ? {} : { interrupted }),
  };
}

type Shown = Pick<Context, 'shownAs'>;

function isMeant({ id, url }: Attachment, wanted: string, { shownAs }: Shown): boolean {
  const shown = cleanLine(url, maxUrlCharacters);
  return id === wanted || url === wanted || shown === wanted || shownAs?.(shown) === wanted;
}

function isNamed({ name }: Attachment, wanted: string, { shownAs }: Shown): boolean {
  const [shown, named] = [cleanLine(name), cleanLine(wanted).toLowerCase()];
  return shown.toLowerCase() === named || shownAs?.(shown).toLowerCase() === named;
}
