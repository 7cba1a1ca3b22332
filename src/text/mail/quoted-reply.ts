/**
 * Removes the earlier mail that a mail program quotes in a reply. The transcript already has it.
 *
 * This does not use email-reply-parser: without its native module, a crafted line takes it minutes.
 *
 * Only what a mail program generates counts as a quotation, so that nothing the writer wrote is lost:
 * - lines that start with `>` (from HTML: blockquotes) after a line such as `On Monday Jane wrote:`, and all later `>`
 *   lines of the mail
 * - everything after `-----Original Message-----` or after a header block: a sender with an address, a date and a
 *   subject. It is kept if the writer refers to it, because answers may be among its lines, unmarked.
 *
 * Forwarded mail is kept: it is not earlier mail of the session.
 */

/** Shorter quotations are kept. Below a reply, the note would be as long; above a reply, they are its context. */
const maxKept = { below: 50, above: 200 };

/** Replaces a quotation that is followed by text of the writer. */
const gap = '[…]';

/**
 * @param text cleaned, with `\n` for every line break.
 * @returns the text without long quotations, and their number of characters. Unchanged if nothing else would remain.
 */
export function stripQuotedReply(text: string): { text: string; quoted: number } {
  const lines = text.split('\n');
  const wordsIn = (from: number, to?: number) => lines.slice(from, to).join('\n');
  const lastWords = lines.findLastIndex((line) => !isBlank(line));
  let own = '';
  let quoted = 0;
  let next = 0;
  const keep = (to?: number) => {
    const words = wordsIn(next, to).trim();
    if (words !== '') own += quoted === 0 ? words : `${own && '\n'}${gap}\n${words}`;
  };
  for (const { from, to } of quotations(lines)) {
    const { length } = wordsIn(from, to);
    if (length <= (to > lastWords ? maxKept.below : maxKept.above)) continue;
    keep(from);
    quoted += length;
    next = to;
  }
  keep();
  return quoted === 0 || own === '' ? { text, quoted: 0 } : { text: own, quoted };
}

/** A range of lines; `to` is exclusive. */
interface LineRange {
  readonly from: number;
  readonly to: number;
}

function quotations(lines: readonly string[]): LineRange[] {
  const found: LineRange[] = [];
  let introduced = false;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] as string;
    if (forwarded.test(line)) break;
    if (original.test(line) || isHeaderBlock(lines, at)) {
      const from = ruleAbove(lines, at);
      if (!pointsBelow.test(lines.slice(0, from).join('\n'))) found.push({ from, to: lines.length });
      break;
    }
    if (!isQuoted(line)) continue;
    const to = endOfQuoted(lines, at);
    const from = introductionAbove(lines, at);
    introduced ||= from < at || introducesItself(lines, at, to);
    if (introduced) found.push({ from, to });
    at = to - 1;
  }
  return found;
}

const isBlank = (line: string) => line.trim() === '';
const isQuoted = (line: string) => /^ {0,3}>/.test(line);

/** The end of the quoted lines at `at`; blank lines between them are included. */
function endOfQuoted(lines: readonly string[], at: number): number {
  let end = at;
  for (let n = at; n < lines.length; n += 1) {
    const line = lines[n] as string;
    if (isQuoted(line)) end = n;
    else if (!isBlank(line)) break;
  }
  return end + 1;
}

/** Limits: blank lines between an introduction and its quotation, and lines that an introduction is wrapped into. */
const most = { blank: 2, broken: 3 };

/** The closest line above that is not blank. */
function wordsAbove(lines: readonly string[], at: number): number {
  let above = at - 1;
  while (above >= Math.max(0, at - most.blank) && isBlank(lines[above] as string)) above -= 1;
  return above;
}

/** The first line of the introduction above the quotation at `at`, or `at` if there is none. */
function introductionAbove(lines: readonly string[], at: number): number {
  const last = wordsAbove(lines, at);
  for (let from = last; from >= Math.max(0, last - most.broken + 1); from -= 1) {
    const parts = lines.slice(from, last + 1).map((line) => line.trim());
    if (parts.some((part) => part === '')) break;
    // A line that ends a sentence is not part of a wrapped introduction. The writer wrote it.
    if (parts.slice(0, -1).some((part) => /[.!?:;]$/.test(part))) break;
    const text = parts.join(' ');
    if (isIntroduction(text) && (from === last || opening.test(text))) return from;
  }
  return at;
}

/** Some programs put the introduction inside the quotation, on top. */
function introducesItself(lines: readonly string[], from: number, to: number): boolean {
  const inside = lines
    .slice(from, Math.min(to, from + most.broken))
    .map((line) => line.replace(/^[\s>]+/, ''));
  return inside.some((_, n) =>
    isIntroduction(
      inside
        .slice(0, n + 1)
        .join(' ')
        .trim(),
    ),
  );
}

/** Longer lines are prose. Also bounds the cost of the patterns. */
const maxIntroduction = 300;

/** `On Tue, 3 Feb 2026 at 10:12, Jane wrote:`, or, in any language, a date and an address before a colon. */
function isIntroduction(line: string): boolean {
  if (line.length > maxIntroduction || !/(?:[:：]|-{3})$/.test(line)) return false;
  const isDated = /\d/.test(line.replace(address, ''));
  return wrote.test(line) ? isDated || opening.test(line) : isDated && address.test(line);
}

const address = /[^\s<>"'()]{1,64}@[^\s<>"'()]{1,100}/;

const opening = /^(?:on|am|le|el|il|op|em|a|den|dne|dnia|w dniu|på|la|на|в)\s/iu;

const wrote =
  /wrote|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|geschreven|skrev|kirjoitti|napsal|napísal|napisał|написал|написав|пише|yazdı|írta|a scris|έγραψε|写道|寫道|のメッセージ|作成|작성/iu;

/** A line that starts forwarded mail. */
const forwarded =
  /^[\s>*-]*(?:begin )?(?:forwarded message|(?:anfang der )?weitergeleiteten? nachricht|(?:début du )?message (?:transféré|réexpédié)|(?:inicio del )?mensaje reenviado|(?:inizio )?messaggio inoltrato|doorgestuurd bericht|mensagem encaminhada|vidarebefordrat meddelande)[\s*:-]*$/iu;

/** Words by which a writer refers to the mail below. */
const pointsBelow =
  /(?<!\p{L})(?:below|beneath|inline|in-line|fyi|fwd?|forward(?:ed|ing)?|unten|untenstehende?n?|zwischen den zeilen|weitergeleitet|ci-dessous|ci-après|abajo|a continuación|qui sotto|di seguito|hieronder|onderstaande?|abaixo|nedan|nedenfor|poniżej|ниже)(?!\p{L})/iu;

const labels = {
  from: /^(?:from|von|de|da|van|från|fra|od|от|kimden|发件人|寄件者|差出人|보낸 ?사람)$/iu,
  date: /^(?:sent|date|gesendet|datum|envoyé|enviado(?: el| em)?|fecha|data|inviato|verzonden|skickat|sendt|dato|wysłano|отправлено|дата|gönderilme|发送时间|日期|送信日時|日時|보낸 ?날짜)$/iu,
  subject:
    /^(?:subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|тема|konu|主题|主旨|件名|제목)$/iu,
};

const original =
  /^\s*[-_]{3,}\s?(?:original message|ursprüngliche nachricht|message d['’]origine|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|исходное сообщение)\s?[-_]{3,}\s*$/iu;

/** Including continuation lines. */
const maxHeaderLines = 10;

/** A sender with an address, a date and a subject. `From: Berlin`, `To: Paris` does not count. */
function isHeaderBlock(lines: readonly string[], at: number): boolean {
  const header = (n: number) => headerAt(lines[n] ?? '');
  if (!labels.from.test(header(at).label)) return false;
  const next = lines[at + 1] ?? '';
  if (!address.test(header(at).value) && !/^\s*</.test(next)) return false;
  const rest = Array.from({ length: maxHeaderLines }, (_, n) => header(at + 1 + n));
  return (
    rest.some(({ label, value }) => labels.date.test(label) && /\d/.test(value)) &&
    rest.some(({ label }) => labels.subject.test(label))
  );
}

/** Splits `**From:** Jane` into `From` and `Jane`. The label is empty if the line is not a header. */
function headerAt(line: string): { label: string; value: string } {
  const plain = line.slice(0, maxIntroduction).replaceAll('*', '');
  const [, label = '', value = ''] = /^\s{0,3}([\p{L} ]{1,20})[:：](.*)$/u.exec(plain) ?? [];
  return { label: label.trim(), value: value.trim() };
}

/** The line of the rule above the headers, or `at` if there is none. */
function ruleAbove(lines: readonly string[], at: number): number {
  const last = wordsAbove(lines, at);
  return /^\s*[-_]{3,}\s*$/.test(lines[last] ?? '') ? last : at;
}
