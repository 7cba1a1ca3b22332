import type { Span } from './kinds.ts';

/** The at sign, as text, in a URL, as an entity, or spelled out in brackets. */
const atSign = /@|%40|&#0{0,6}64;|&#x0{0,6}40;|&commat;|[ \t]?[([{][ \t]?at[ \t]?[)\]}][ \t]?/gi;

/** What is not part of the name before the at sign. */
const outside = /[^\p{L}\p{M}\p{N}\p{Join_Control}._%+'-]/u;

/** Labels and a last one that begins with a letter, so that `package@1.2.3` is none. */
const domain =
  /^(?:[\p{L}\p{M}\p{N}\p{Join_Control}-]{1,63}(?:\.|[ \t]?[([{][ \t]?dot[ \t]?[)\]}][ \t]?)){1,8}\p{L}[\p{L}\p{M}\p{N}-]{1,23}/iu;

const maxLocal = 64;
const maxDomain = 255;

/** Finds addresses of mail around each at sign. */
export function* findEmails(text: string): Generator<Span> {
  for (const { index, 0: at } of text.matchAll(atSign)) {
    const after = domain.exec(text.slice(index + at.length, index + at.length + maxDomain))?.[0];
    if (after === undefined) continue;
    const before = text
      .slice(Math.max(0, index - maxLocal), index)
      .split(outside)
      .at(-1)
      ?.replace(/^['.-]+/, '');
    if (!before) continue;
    let start = index - before.length;
    // In JSON, the letter after a backslash belongs to an escape.
    if (text[start - 1] === '\\' && /^[bfnrt]./.test(before)) start += 1;
    const end = index + at.length + after.length;
    yield { start, end, kind: 'email', value: normalized(text.slice(start, index), after) };
  }
}

function normalized(local: string, domain: string): string {
  const plain = domain.replace(/[ \t]?[([{][ \t]?dot[ \t]?[)\]}][ \t]?/gi, '.');
  return `${decoded(local)}@${plain}`
    .normalize('NFKC')
    .replace(/[\u200c\u200d]/g, '')
    .toLowerCase();
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
