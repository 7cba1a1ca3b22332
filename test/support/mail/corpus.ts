import { type Conversation, conversations } from './languages.ts';

/** A mail, the earlier messages of its session, and the text that is left of it. */
export interface CorpusMail {
  readonly name: string;
  readonly earlier: readonly string[];
  readonly mail: string;
  readonly expected: string;
  /** The lines of the mail that the writer wrote. */
  readonly written: readonly string[];
}

const prefixed = (text: string, prefix = '> ') =>
  text
    .split('\n')
    .map((line) => (line === '' ? prefix.trim() : prefix + line))
    .join('\n');

/** Breaks lines after at most `width` characters, as programs do before they quote. */
const wrapped = (text: string, width: number) =>
  text.replaceAll(new RegExp(`(.{1,${width}})(?: |$)`, 'gm'), '$1\n').replaceAll(/\n(?=\n\S|$)/g, '');

const escaped = (text: string) => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const html = (text: string, tag = 'div') =>
  escaped(text)
    .split('\n')
    .map((line) => `<${tag}>${line || '<br>'}</${tag}>`)
    .join('');
const lines = (text: string) => escaped(text).replaceAll('\n', '<br>');

function talk(language: string): Conversation {
  const found = conversations.find((one) => one.language === language);
  if (found === undefined) throw new Error(language);
  return found;
}

const mail = (
  name: string,
  { earlier, own }: Pick<Conversation, 'earlier' | 'own'>,
  text: string,
): CorpusMail => ({ name, earlier: [earlier], mail: text, expected: own, written: [own] });

/** The quotation is above the writer's words. */
const answeredBelow = (name: string, one: Conversation, text: string): CorpusMail => ({
  ...mail(name, one, text),
  expected: `[…]\n${one.own}`,
});

const perLanguage = conversations.flatMap((one) => [
  mail(
    `Gmail, text, ${one.language}`,
    one,
    `${one.own}\n\n${one.gmail}\n\n${prefixed(wrapped(one.earlier, 60))}`,
  ),
  mail(`Outlook, text, ${one.language}`, one, `${one.own}\n\n${one.headers}\n\n${one.earlier}`),
]);

const en = talk('en');
const de = talk('de');
const fr = talk('fr');
const es = talk('es');
const it = talk('it');
const nl = talk('nl');
const pl = talk('pl');
const ru = talk('ru');
const ja = talk('ja');
const sv = talk('sv');
const fi = talk('fi');
const pt = talk('pt-BR');

const gmailHtml = ({ own, gmail, earlier }: Conversation) =>
  `<div dir="ltr">${own}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">${escaped(gmail.replace('\n', ' '))}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex"><div dir="ltr">${html(earlier)}</div></blockquote></div>`;
const outlookHtml = ({ own, headers, earlier }: Conversation) =>
  `<html><head><style>p.MsoNormal{margin:0}</style></head><body><p class="MsoNormal">${own}</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">${lines(headers).replaceAll(/(^|<br>)([^:<]+):/g, '$1<b>$2:</b>')}</p></div>${html(earlier, 'p')}</body></html>`;
const outlookWeb = ({ own, headers, earlier }: Conversation) =>
  `<html><body><div class="elementToProof">${own}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">${lines(headers)}</font></div><div>${html(earlier)}</div></body></html>`;
const thunderbird = ({ own, earlier }: Conversation, intro: string) =>
  `<html><head></head><body><p>${own}</p><div class="moz-cite-prefix">${intro}<br></div><blockquote type="cite" cite="mid:x@example.com">${html(earlier, 'p')}</blockquote></body></html>`;
const apple = ({ own, earlier }: Conversation, intro: string) =>
  `<html><body>${own}<br><div><br><blockquote type="cite"><div>${escaped(intro)}</div><br><div>${html(earlier)}</div></blockquote></div><br></body></html>`;

const programs = [
  ...[en, fr, ja, pt].map((one) => mail(`Gmail, HTML, ${one.language}`, one, gmailHtml(one))),
  ...[en, de, ru].map((one) => mail(`Outlook, HTML, ${one.language}`, one, outlookHtml(one))),
  ...[en, es].map((one) => mail(`Outlook on the web, HTML, ${one.language}`, one, outlookWeb(one))),
  mail('Thunderbird, HTML, de', de, thunderbird(de, 'Am 03.02.26 um 10:12 schrieb Tom Bäcker:')),
  mail('Thunderbird, HTML, sv', sv, thunderbird(sv, 'Den 2026-02-03 kl. 10:12, skrev Tomas Bagare:')),
  answeredBelow(
    'Thunderbird, text, nl',
    nl,
    `Op 03-02-2026 om 10:12 schreef Tom Bakker:\n${prefixed(wrapped(nl.earlier, 70))}\n\n${nl.own}`,
  ),
  mail(
    'Apple Mail, HTML, it',
    it,
    apple(it, 'Il giorno 3 feb 2026, alle ore 10:12, Tommaso <t@example.com> ha scritto:'),
  ),
  mail(
    'Apple Mail, text, en',
    en,
    `${en.own}\n\n> On 3 Feb 2026, at 10:12, Tom Baker <tom@example.com> wrote:\n> \n${prefixed(en.earlier)}`,
  ),
  mail(
    'Yahoo, HTML, en',
    en,
    `<div>${en.own}</div><div id="ydp1yahoo_quoted_2" class="ydp1yahoo_quoted"><div>On Tuesday, 3 February 2026 at 10:12:13 CET, Tom &lt;tom@example.com&gt; wrote:</div>${html(en.earlier)}</div>`,
  ),
  mail(
    'Hotmail, text, en',
    en,
    `${en.own}\n\n________________________________\nDate: Tue, 3 Feb 2026 10:12:44 +0000\nSubject: Your parcel\nFrom: tom@example.com\nTo: jane@example.com\n\n${en.earlier}`,
  ),
  mail(
    'Outlook Express, text, de',
    de,
    `${de.own}\n\n----- Original Message -----\nFrom: "Tom" <tom@example.com>\nTo: <jane@example.com>\nSent: Tuesday, February 03, 2026 10:12 AM\nSubject: Paket\n\n${prefixed(de.earlier)}`,
  ),
  mail(
    'GMX, HTML, de',
    de,
    `<html><body><div>${de.own}</div><div name="quote" style="margin:10px 5px 5px 10px; border-left:2px solid #C3D9E5;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b> Dienstag, 03. Februar 2026 um 10:12 Uhr<br/><b>Von:</b> "Tom" &lt;tom@example.com&gt;<br/><b>An:</b> jane@example.com<br/><b>Betreff:</b> Paket</div><div name="quoted-content">${html(de.earlier)}</div></div></body></html>`,
  ),
  mail(
    'Zoho, text, en',
    en,
    `${en.own}\n\n---- On Tue, 03 Feb 2026 10:12:50 +0100 tom@example.com wrote ----\n\n${prefixed(en.earlier, ' > ')}`,
  ),
  answeredBelow(
    'Horde, text, en',
    en,
    `Quoting Tom Baker (tom@example.com):\n\n${prefixed(en.earlier)}\n\n${en.own}`,
  ),
  mail(
    'Proton, text, en',
    en,
    `${en.own}\n\n-------- Original Message --------\nOn Tuesday, 02/03/26 at 10:12 Tom Baker <tom@example.com> wrote:\n\n${prefixed(en.earlier)}`,
  ),
  mail('Notes, text, pl', pl, `${pl.own}\n\n09.01.2026, 11.59, "C P" <q@example.com>:\n\n${pl.earlier}`),
  mail(
    'mutt, text, fi',
    fi,
    `${fi.own}\n\npe 20. lokakuuta 2017 klo 17.50 J C <s@example.com>\nkirjoitti:\n${fi.earlier}`,
  ),
  mail(
    'Windows Mail, text, de',
    de,
    `${de.own}\n\nAm 13.12.2017 21:11 schrieb "J" <s@example.com>:\n${de.earlier}`,
  ),
  mail(
    'K-9, text, es',
    es,
    `${es.own}\n\n-------- Mensaje original --------\nDe: Tomás <t@example.com>\nFecha: 3/2/26 10:12 (GMT+01:00)\nA: jane@example.com\nAsunto: Paquete\n\n${es.earlier}`,
  ),
];

/** Answers between the quoted lines, chains of quotations, and text that only looks like a quotation. */
const [first, second] = [
  'Could you tell us how wide the gate to the yard is, so that we can choose the lorry?',
  'We also need to know from which hour on somebody can open it for the driver on Thursday.',
];
const both = `Hello,\n\n${first}\n\n${second}\n\nTom`;
const rows = ['The gate is 3.20 m wide.', 'Somebody is there from 7 o’clock.'] as const;
const thread = [
  'Where is my parcel? It should have been here on Monday, and nobody answers the phone.',
  en.earlier,
];

const shapes: CorpusMail[] = [
  {
    name: 'answers between quoted lines, text',
    earlier: [both],
    mail: `On Tue, 3 Feb 2026 at 10:12, Tom <tom@example.com> wrote:\n\n> Hello,\n>\n> ${first}\n\n${rows[0]}\n\n> ${second}\n\n${rows[1]}\n`,
    expected: `[…]\n${rows[0]}\n\n> ${second}\n\n${rows[1]}`,
    written: rows,
  },
  {
    name: 'answers between lines without marks, text',
    earlier: [both],
    mail: `See my answers.\n\n${en.headers}\n\nHello,\n\n${first}\n${rows[0]}\n\n${second}\n${rows[1]}\n\nTom`,
    expected: `See my answers.\n[…]\n${rows[0]}\n\n${second}\n${rows[1]}\n\nTom`,
    written: ['See my answers.', ...rows],
  },
  {
    name: 'a chain of two quoted mails, text',
    earlier: thread,
    mail: `${en.own}\n\n${en.gmail}\n\n${prefixed(en.earlier)}\n>\n> On Mon, 2 Feb 2026 at 9:00, Jane Doe <jane@example.com> wrote:\n>\n> > ${thread[0]}\n`,
    expected: en.own,
    written: [en.own],
  },
  {
    name: 'a chain of two quoted mails, Outlook',
    earlier: thread,
    mail: `${en.own}\n\n${en.headers}\n\n${en.earlier}\n\nFrom: Jane Doe <jane@example.com>\nSent: Monday, February 2, 2026 9:00 AM\nTo: Tom\nSubject: Your parcel\n\n${thread[0]}`,
    expected: en.own,
    written: [en.own],
  },
];
const booking = [
  'My booking is wrong, look:',
  '',
  'From: B <b@h.example>',
  'Date: Tue, 3 Feb 2026',
  'Subject: x',
  '',
  'One SINGLE room, two nights, breakfast included, paid by card, not to be cancelled.',
  '',
  'I had booked a DOUBLE room, correct it today.',
].join('\n');
const unheld = [
  ['a mail of somebody else', booking],
  [
    'lines that the session does not have',
    `The page says, on 3 Feb at 10:12:\n${prefixed(second)}\n${prefixed(first)}`,
  ],
  ['a form', `Name: Jane\nMail: jane@example.com\nDate: 3.2.2026 10:12\n\nMy problem:\n${second} I mean it.`],
].map(
  ([name, text = '']): CorpusMail => ({
    name: `kept: ${name}`,
    earlier: [en.earlier],
    mail: text,
    expected: text,
    written: text.split('\n').filter(Boolean),
  }),
);

export const corpus: readonly CorpusMail[] = [...perLanguage, ...programs, ...shapes, ...unheld];
