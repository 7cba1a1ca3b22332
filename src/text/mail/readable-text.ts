import type { MailText } from './html-to-text.ts';
import type { MailWorker } from './mail-worker.ts';

/** Longer text is cut. It is more than any answer shows. */
const maxPlainCharacters = 200_000;
/** More markup is not sent to the worker, to bound its memory. */
const maxMarkupCharacters = 4_000_000;

interface ReadOptions {
  /** Gives up on mail that is not read yet. */
  readonly signal?: AbortSignal | undefined;
  /** Whether long addresses of links are kept whole. */
  readonly wholeAddresses?: boolean | undefined;
}

/** Loaded with the first text that has a tag: a start of the server should be small. */
async function isHtml(text: string): Promise<boolean> {
  return text.includes('<') && (await import('./looks-like-html.ts')).looksLikeHtml(text);
}

/** All mail of the process is read by one thread. */
let worker: Promise<MailWorker> | undefined;

async function startWorker(): Promise<MailWorker> {
  const { MailWorker } = await import('./mail-worker.ts');
  return new MailWorker();
}

/**
 * Converts the body of an HTML mail to plain text, in a worker thread with limits of time and memory. Returns other text as
 * it is.
 * @returns `isUnsafe` and no text if the mail exceeds the limits.
 */
export async function readableText(
  text: string,
  { signal, wholeAddresses = false }: ReadOptions = {},
): Promise<MailText & { isUnsafe?: boolean }> {
  if (!(await isHtml(text))) {
    const unread = Math.max(0, text.length - maxPlainCharacters);
    return { text: unread > 0 ? text.slice(0, maxPlainCharacters) : text, unread, hidden: 0 };
  }
  worker ??= startWorker();
  const html = text.slice(0, maxMarkupCharacters);
  const read = await (await worker).convert({ html, wholeAddresses }, signal);
  if (read === undefined) return { text: '', unread: text.length, hidden: 0, isUnsafe: true };
  return { ...read, unread: read.unread + text.length - html.length };
}
