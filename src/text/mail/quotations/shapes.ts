import { headerOf, isRule, maxPreface, plain, senderLabel, unquoted } from './hints.ts';

// What mail programs write above mail that they quote. It only suggests a quotation: the writer may have typed it.

/** A line without words. */
export const isSeparator = (line: string) => /^[\s>＞|*_=~•–—-]*$/.test(line);

/** Limits: blank lines below a preface, lines that an introduction is wrapped into, lines of a header block. */
const most = { blank: 3, broken: 3, headers: 12 };

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

const otherLabel =
  /^(?:sent|date|subject|gesendet|datum|betreff|envoyé|objet|enviado(?: el| em)?|fecha|asunto|data|assunto|inviato|oggetto|verzonden|onderwerp|skickat|ämne|sendt|dato|emne|wysłano|temat|odesláno|předmět|odoslané|dátum|predmet|elküldve|küldve|dátum|tárgy|lähetetty|päivämäärä|päiväys|aihe|trimis|subiect|στάλθηκε|ημερομηνία|αποστολή|θέμα|отправлено|дата|тема|надіслано|відправлено|poslano|naslov|gönderme|gönderildi|gönderilme|tarih|konu|נשלח|תאריך|נושא|الموضوع|التاريخ|تاريخ الإرسال|تم الإرسال|đã gửi|ngày|chủ đề|enviat|assumpte|送信日時|日時|日付|件名|发送时间|时间|日期|主题|傳送時間|寄件日期|已傳送|主旨|主題|보낸 ?날짜|날짜|제목)$/iu;

/** How many of the last lines are headers of a mail: a sender, and a date or subject, in any order. */
function headerLines(above: readonly string[], hasBlankBelow: boolean): number {
  const block: { known: boolean; from: boolean }[] = [];
  let hasAddress = false;
  for (const line of above.toReversed()) {
    const { label } = headerOf(line);
    const isContinued = label === '' && (address.test(line) || /^[<"]|[,;>]$/.test(line));
    if (line === '' || (label === '' && !isContinued)) break;
    const from = senderLabel.test(label);
    const known = from || otherLabel.test(label);
    hasAddress ||= address.test(line);
    // Without a blank line below, only a header that is known ends the block.
    if (block.length === 0 && !known && !hasBlankBelow && !address.test(line)) break;
    block.push({ known, from });
  }
  const count = block.findLastIndex(({ known }) => known) + 1;
  const others = block.filter(({ known, from }) => known && !from).length;
  return block.some(({ from }) => from) && others >= (hasAddress ? 1 : 2) ? count : 0;
}
