/** What mail programs write above mail that they quote. It only suggests a quotation: the writer may have typed it. */

/** `> `, `>>`, or `JD> `. */
const quotePrefix = /^[ \t]{0,3}\p{Lu}{0,3}[>＞][>＞ \t]*/u;

export const isQuoted = (line: string) => quotePrefix.test(line);
export const unquoted = (line: string) => line.replace(quotePrefix, '');

/** A line without words. */
export const isSeparator = (line: string) => /^[\s>＞|*_=~•–—-]*$/.test(line);

/** `-----Original Message-----`, in any language, or only dashes. */
export function isRule(line: string): boolean {
  const text = line.trim();
  return text.length <= maxPreface && /^[-_=]{3}/.test(text) && /[-_=]{3}$/.test(text);
}

/** Whether a quotation may start at or below a line. */
export function suggestsQuotation(line: string): boolean {
  return isQuoted(line) || /[:：]$/.test(line.trimEnd()) || isRule(line) || isHeader(line);
}

/** Limits: blank lines below a preface, lines that an introduction is wrapped into, lines of a header block. */
const most = { blank: 3, broken: 3, headers: 12 };

/** Longer lines are prose. Also bounds the cost of the patterns. */
const maxPreface = 300;

/** The closest line above that has words. */
export function wordsAbove(lines: readonly string[], at: number): number {
  let above = at - 1;
  while (above >= Math.max(0, at - most.blank) && unquoted(lines[above] as string).trim() === '') above -= 1;
  return above;
}

/** The first of the lines that a mail program generated above the quotation at `at`, or `at` if there are none. */
export function prefaceAbove(lines: readonly string[], at: number): number {
  const last = wordsAbove(lines, at);
  const above = lines.slice(Math.max(0, last + 1 - most.headers), last + 1).map(plain);
  const count = headerLines(above, last + 1 < at) || introductionLines(above);
  const from = count === 0 ? at : last + 1 - count;
  const rule = ruleAbove(lines, from);
  // A signature may stand below bare dashes.
  return count > 0 || (rule < at && /\p{L}/u.test(lines[rule] ?? '')) ? rule : at;
}

/** The closest line above if it is a rule, otherwise `at`. */
export function ruleAbove(lines: readonly string[], at: number): number {
  const above = wordsAbove(lines, at);
  return isRule(plain(lines[above] ?? '')) ? above : at;
}

/** Without quotation marks and the asterisks of bold text. */
function plain(line: string): string {
  const text = unquoted(line.slice(0, maxPreface + 1));
  return text.replaceAll('*', '').trim();
}

const address = /[^\s<>]@[^\s<>]/;
/** An address in brackets, as programs write it. */
const bracketed = /[<([]\s?(?:mailto:)?[^\s<>"'()[\]]{1,64}@[^\s<>"'()[\]]{1,100}/;
/** Three numbers, such as a day, an hour and a minute. */
const dated = /\d{1,4}\D{1,30}\d{1,4}\D{1,30}\d/;
const timed = /(?<![\d.])\d{1,2}[:.h]\d\d(?!\d|\.\d)/;

/** How many of the last lines are an introduction such as `On Tue, 3 Feb 2026 at 10:12, Jane <j@x.example> wrote:`. */
function introductionLines(above: readonly string[]): number {
  let shortest = 0;
  for (let count = 1; count <= Math.min(above.length, most.broken); count += 1) {
    const [first = '', next = ''] = above.slice(-count);
    const text = above.slice(-count).join(' ');
    if (first === '' || text.length > maxPreface || !/(?:[:：]|-{3})$/.test(text)) break;
    // The line ends a sentence or an introduction of its own.
    if (count > 1 && (/[!?;:：]$/.test(first) || (first.endsWith('.') && /^\p{Lu}/u.test(next)))) break;
    const withoutAddress = text.split(' ').filter((word) => !word.includes('@'));
    const hasTime = timed.test(text) && dated.test(withoutAddress.join(' '));
    if (hasTime && bracketed.test(text)) return count;
    const isComplete = hasTime || bracketed.test(text) || (wrote.test(text) && !speaks.test(text));
    if (isComplete && shortest === 0) shortest = count;
  }
  return shortest;
}

const wrote =
  /wrote|writes|said|quoting|schrieb|geschrieben|écrit|escribió|escribe|escreveu|ha scritto|scrive|schreef|geschreven|skrev|skriver|kirjoitti|napsal|napísal|napisał|pisze|napisao|napisala|написа|писал|пише|yazdı|írta|a scris|έγραψε|va escriure|ha escrit|đã viết|כתב|كتب|写道|寫道|书きました|書きました|のメール|のメッセージ|작성|썼습니다/iu;

/** The writer speaks. A mail program names people. */
const speaks =
  /(?<!\p{L})(?:you|i|we|du|ihr|sie|ich|wir|vous|tu|nous|je|j|usted|ustedes|yo|lei|io|voi|você|vocês|eu|jij|je|u|ik|wij|pan|pani|вы|ты|я|ви|ти|sen|siz|ben)(?!\p{L})/iu;

const labels = {
  from: /^(?:from|von|de|de la|da|van|från|fra|od|feladó|lähettäjä|från|από|от|от кого|від|від кого|šalje|kimden|gönderen|מאת|من|từ|发件人|發件人|寄件者|寄件人|差出人|送信者|보낸 ?사람)$/iu,
  other:
    /^(?:sent|date|subject|gesendet|datum|betreff|envoyé|objet|enviado(?: el| em)?|fecha|asunto|data|assunto|inviato|oggetto|verzonden|onderwerp|skickat|ämne|sendt|dato|emne|wysłano|temat|odesláno|předmět|odoslané|dátum|predmet|elküldve|küldve|dátum|tárgy|lähetetty|päivämäärä|päiväys|aihe|trimis|subiect|στάλθηκε|ημερομηνία|αποστολή|θέμα|отправлено|дата|тема|надіслано|відправлено|poslano|naslov|gönderme|gönderildi|gönderilme|tarih|konu|נשלח|תאריך|נושא|الموضوع|التاريخ|تاريخ الإرسال|تم الإرسال|đã gửi|ngày|chủ đề|enviat|assumpte|送信日時|日時|日付|件名|发送时间|时间|日期|主题|傳送時間|寄件日期|已傳送|主旨|主題|보낸 ?날짜|날짜|제목)$/iu,
};

function headerOf(line: string): { label: string; value: string } {
  const [, label = '', value = ''] = /^([\p{L}\p{M}][\p{L}\p{M} ]{0,24})[:：](.*)$/u.exec(line) ?? [];
  return { label: label.trim(), value };
}

const isHeader = (line: string) => labels.from.test(headerOf(plain(line)).label);

/** How many of the last lines are headers of a mail: a sender, and a date or subject, in any order. */
function headerLines(above: readonly string[], hasBlankBelow: boolean): number {
  const block: { known: boolean; from: boolean }[] = [];
  let hasAddress = false;
  for (const line of above.toReversed()) {
    const { label } = headerOf(line);
    const isContinued = label === '' && (address.test(line) || /^[<"]|[,;>]$/.test(line));
    if (line === '' || (label === '' && !isContinued)) break;
    const from = labels.from.test(label);
    const known = from || labels.other.test(label);
    hasAddress ||= address.test(line);
    // Without a blank line below, only a header that is known ends the block.
    if (block.length === 0 && !known && !hasBlankBelow && !address.test(line)) break;
    block.push({ known, from });
  }
  const count = block.findLastIndex(({ known }) => known) + 1;
  const others = block.filter(({ known, from }) => known && !from).length;
  return block.some(({ from }) => from) && others >= (hasAddress ? 1 : 2) ? count : 0;
}
