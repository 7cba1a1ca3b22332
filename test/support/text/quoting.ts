import { hidesSomething, mark, stringsOf } from './hostile.ts';

/** Describes hostile text outside the data block of a rendering, and hidden characters. Empty if there are none. */
export function unquoted(text: string, nonce: string): string[] {
  if (hidesSomething(text)) return [`the text hides something: ${shown(text)}`];
  const lines = text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
  const starts = indexes(lines, `[${nonce}`);
  const ends = indexes(lines, `${nonce}]`);
  const hasBlock = starts.length > 0 || ends.length > 0;
  const isWhole = starts.length === 1 && ends.length === 1 && ends[0] === lines.length - 1;
  return [
    ...lines
      .filter((line) => line.includes(mark) && !line.startsWith('| '))
      .map((line) => `a line outside the data block contains text of others: ${shown(line)}`),
    ...(hasBlock && !isWhole ? ['the text has no single data block at its end'] : []),
    // Only lines of the block are between its marks, and none are outside.
    ...lines
      .filter((line, n) => line.startsWith('| ') !== (n > (starts[0] ?? n) && n < (ends[0] ?? n)))
      .map((line) => `a line is on the wrong side of the data block's marks: ${shown(line)}`)
      .slice(0, hasBlock ? 1 + Number(!isWhole) : 0),
  ];
}

/** Describes strings of a view with hidden characters. */
export function hiddenIn(view: unknown): string[] {
  return [...new Set(stringsOf(view))]
    .filter(hidesSomething)
    .map((string) => `the JSON hides something: ${shown(string)}`);
}

/** Describes the renderings that are too long for one result. */
export function tooLong(view: unknown, text: string, maxBytes: number): string[] {
  const sizes = [
    ['the text', Buffer.byteLength(text)],
    ['the JSON', Buffer.byteLength(JSON.stringify(view))],
  ] as const;
  return sizes
    .filter(([, bytes]) => bytes > maxBytes)
    .map(([what, bytes]) => `${what} has ${bytes} bytes, more than ${maxBytes}`);
}

function indexes(lines: readonly string[], wanted: string): number[] {
  return lines.flatMap((line, index) => (line.trim() === wanted ? [index] : []));
}

const shown = (text: string) => JSON.stringify(text.slice(0, 300));
