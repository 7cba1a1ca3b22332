/**
 * Earlier mail that a mail quotes, as mail programs do below every answer: in a transcript it stands there already.
 * Own code, for the kept package (email-reply-parser) takes minutes for a crafted line without a native module.
 *
 * Nothing but what a mail program made counts, so that no word of the writer is taken for a quotation:
 * - lines that begin with `>` (HTML's blockquote becomes that) below a line such as `On Monday Jane wrote:`, and every
 *   further `>` line of that mail;
 * - all that follows `-----Original Message-----` or a block of headers: a sender with an address, a date, a subject.
 *   It stays where the writer points to it: answers may stand among its lines, which nothing marks.
 * What is forwarded is no earlier mail of the session, and stays.
 */

/** Shorter quotations stay: below an answer the note would cost as much; what an answer stands under explains it. */
const maxKept = { below: 50, above: 200 };

/** Stands between words of the writer where a quotation was, or before them. */
const gap = '[…]';

/**
 * @param text cleaned, with `\n` for every line break.
 * @returns the text without longer quotations, and how many characters they had; as it was where nothing else is left.
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

/** Lines from one on, up to but without another. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

function quotations(lines: readonly string[]): Stretch[] {
  const found: Stretch[] = [];
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

/** Behind the last `>` line that only blank lines part from the one at `at`. */
function endOfQuoted(lines: readonly string[], at: number): number {
  let end = at;
  for (let n = at; n < lines.length; n += 1) {
    const line = lines[n] as string;
    if (isQuoted(line)) end = n;
    else if (!isBlank(line)) break;
  }
  return end + 1;
}

/** Blank lines between an introduction and what it introduces, and lines that programs break it into. */
const most = { blank: 2, broken: 3 };

/** The next line above that is not blank. */
function wordsAbove(lines: readonly string[], at: number): number {
  let above = at - 1;
  while (above >= Math.max(0, at - most.blank) && isBlank(lines[above] as string)) above -= 1;
  return above;
}

/** Where the introduction of the quotation at `at` begins; `at` where there is none. */
function introductionAbove(lines: readonly string[], at: number): number {
  const last = wordsAbove(lines, at);
  for (let from = last; from >= Math.max(0, last - most.broken + 1); from -= 1) {
    const parts = lines.slice(from, last + 1).map((line) => line.trim());
    if (parts.some((part) => part === '')) break;
    // Above a whole introduction stands what the writer wrote: only a line that was broken goes on in the next.
    if (parts.slice(0, -1).some((part) => /[.!?:;]$/.test(part))) break;
    const text = parts.join(' ');
    if (isIntroduction(text) && (from === last || opening.test(text))) return from;
  }
  return at;
}

/** Some programs put the introduction inside, above what it introduces. */
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

/** Longer lines are prose; it also bounds what the patterns have to look through. */
const maxIntroduction = 300;

/** `On Tue, 3 Feb 2026 at 10:12, Jane wrote:`, or a date and an address before a colon, in whatever language. */
function isIntroduction(line: string): boolean {
  if (line.length > maxIntroduction || !/(?:[:：]|-{3})$/.test(line)) return false;
  const isDated = /\d/.test(line.replace(address, ''));
  return wrote.test(line) ? isDated || opening.test(line) : isDated && address.test(line);
}

const address = /[^\s<>"'()]{1,64}@[^\s<>"'()]{1,100}/;

const opening = /^(?:on|am|le|el|il|op|em|a|den|dne|dnia|w dniu|på|la|на|в)\s/iu;

const wrote =
  /wrote|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|geschreven|skrev|kirjoitti|napsal|napísal|napisał|написал|написав|пише|yazdı|írta|a scris|έγραψε|写道|寫道|のメッセージ|作成|작성/iu;

/** Says that what follows is no earlier mail of this conversation. */
const forwarded =
  /^[\s>*-]*(?:begin )?(?:forwarded message|(?:anfang der )?weitergeleiteten? nachricht|(?:début du )?message (?:transféré|réexpédié)|(?:inicio del )?mensaje reenviado|(?:inizio )?messaggio inoltrato|doorgestuurd bericht|mensagem encaminhada|vidarebefordrat meddelande)[\s*:-]*$/iu;

/** Words by which a writer sends the reader on to what follows. */
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

/** Lines that headers take, with those that only go on. */
const maxHeaderLines = 10;

/** A sender with an address, a date and a subject; `From: Berlin`, `To: Paris` is none. */
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

/** `**From:** Jane` as `From` and `Jane`; the label is empty for a line that is no header. */
function headerAt(line: string): { label: string; value: string } {
  const plain = line.slice(0, maxIntroduction).replaceAll('*', '');
  const [, label = '', value = ''] = /^\s{0,3}([\p{L} ]{1,20})[:：](.*)$/u.exec(plain) ?? [];
  return { label: label.trim(), value: value.trim() };
}

/** Where the rule stands that parts the headers from what is above; `at` where there is none. */
function ruleAbove(lines: readonly string[], at: number): number {
  const last = wordsAbove(lines, at);
  return /^\s*[-_]{3,}\s*$/.test(lines[last] ?? '') ? last : at;
}
