import { mayQuote } from './quotations/hints.ts';
import type { OwnText, Stripper } from './quotations/strip.ts';

/** Strips the messages of one session. Add each message, oldest first, after the ones before it were stripped. */
export function quotedReplies() {
  /** Compared when a message seems to quote something, which most chat messages never do. */
  const added: string[] = [];
  let stripper: Promise<Stripper> | undefined;

  return {
    add(text: string): void {
      added.push(text);
    },

    /**
     * @param text cleaned, with `\n` for every line break.
     * @param maxCharacters that will be shown. In longer text, quotations that the session does not have are shortened
     *   too, so that they do not push out what is written below them.
     * @returns the text without quotations. Unchanged if nothing else would remain.
     */
    async strip(text: string, maxCharacters = Number.POSITIVE_INFINITY): Promise<OwnText> {
      if (!mayQuote(text)) return { text, quoted: 0 };
      const earlier = added.splice(0);
      stripper ??= import('./quotations/strip.ts').then(({ quotationStripper }) => quotationStripper());
      return (await stripper)(text, earlier, maxCharacters);
    },
  };
}
