// What suggests that a text quotes earlier mail. Every start loads this file; the others are loaded on demand.

/** `> `, `>>`, or `JD> `. */
const quotePrefix = /^[ \t]{0,3}\p{Lu}{0,3}[>＞][>＞ \t]*/u;

export const isQuoted = (line: string) => quotePrefix.test(line);
export const unquoted = (line: string) => line.replace(quotePrefix, '');

/** `-----Original Message-----`, in any language, or only dashes. */
export function isRule(line: string): boolean {
  const text = line.trim();
  return text.length <= maxPreface && /^[-_=]{3}/.test(text) && /[-_=]{3}$/.test(text);
}

/** Whether a quotation may start at or below a line. */
function suggestsQuotation(line: string): boolean {
  return isQuoted(line) || /[:：]$/.test(line.trimEnd()) || isRule(line) || isHeader(line);
}

/** Longer lines are prose. Also bounds the cost of the patterns. */
export const maxPreface = 300;

/** Without quotation marks and the asterisks of bold text. */
export function plain(line: string): string {
  const text = unquoted(line.slice(0, maxPreface + 1));
  return text.replaceAll('*', '').trim();
}

/** Labels of the sender in a header block. */
export const senderLabel =
  /^(?:from|von|de|de la|da|van|från|fra|od|feladó|lähettäjä|från|από|от|от кого|від|від кого|šalje|kimden|gönderen|מאת|من|từ|发件人|發件人|寄件者|寄件人|差出人|送信者|보낸 ?사람)$/iu;

export function headerOf(line: string): { label: string; value: string } {
  const [, label = '', value = ''] = /^([\p{L}\p{M}][\p{L}\p{M} ]{0,24})[:：](.*)$/u.exec(line) ?? [];
  return { label: label.trim(), value };
}

const isHeader = (line: string) => senderLabel.test(headerOf(plain(line)).label);

/** The rest of a longer text is not examined. Comparing this much takes about 15 ms. */
export const maxExamined = 100_000;

export const examined = (text: string) => text.slice(0, maxExamined).split('\n');

/** Whether a text has a line that suggests a quotation. */
export function mayQuote(text: string): boolean {
  return examined(text).some(suggestsQuotation);
}
