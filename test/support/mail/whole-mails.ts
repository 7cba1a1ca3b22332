import { type Conversation, conversations } from './languages.ts';

/** How a mail is put together: where the writer's words stand, and what stands around them. */
export const shapes = ['above', 'below', 'inline', 'forwarded', 'signed'] as const;
type Shape = (typeof shapes)[number];

/** A whole mail as its program sends it, the message of the session that it may quote, and the text that a model reads. */
export interface WholeMail {
  readonly program: string;
  readonly format: 'text' | 'HTML';
  readonly language: string;
  readonly shape: Shape;
  readonly earlier: string;
  readonly mail: string;
  readonly expected: string;
}

/** What the writer adds further down. It is the same in every language: an order number and an address. */
const second = 'PS: order 4711-A, jane.doe@example.com';
const signature = 'Jane Doe\nDoe & Sons, 12 High Street\n+44 20 7946 0000';
/** A mail of somebody who never wrote in the session. */
const foreign =
  'Dear Jane,\n\nyour claim 88-12 was refused on 2 February.\nPlease pay 40.00 EUR.\n\nACME Insurance';

interface Parts {
  readonly one: Conversation;
  /** The writer's words. */
  readonly own: string;
  /** What is quoted, without marks. */
  readonly quoted: string;
  /** What introduces it. */
  readonly intro: string;
}

interface Between {
  readonly mark: string;
  readonly gaps: readonly [before: string, after: string];
}
const blankLines = ['\n\n', '\n\n'] as const;
const noLines = ['\n', '\n'] as const;

interface Program {
  readonly name: string;
  readonly format: 'text' | 'HTML';
  readonly languages: readonly string[];
  /** What introduces a quotation: a sentence, or lines like those of a header. */
  readonly intro: (one: Conversation) => string;
  readonly above: (parts: Parts) => string;
  readonly below: (parts: Parts) => string;
  /** The quoted lines before and after the first words of the writer, and the second ones. */
  readonly inline: (parts: Parts & { readonly rest: string }) => string;
  readonly forwarded: (own: string, intro: string) => string;
  /** What the program writes above a mail that it forwards. */
  readonly forwardIntro: string;
  /** How a quotation between the writer's words reads: the mark of its lines, and what is between it and the words. */
  readonly between: Between;
}

const marked = (text: string) => text.replaceAll(/^/gm, '> ').replaceAll(/^> $/gm, '>');
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const broken = (text: string) => escaped(text).replaceAll('\n', '<br>');
const boxes = (text: string, tag = 'div') =>
  escaped(text)
    .split('\n')
    .map((line) => `<${tag}>${line || '<br>'}</${tag}>`)
    .join('');

const sentence = ({ gmail }: Conversation) => gmail;
const oneLine = ({ gmail }: Conversation) => gmail.replace(/<\n/, '<').replace('\n', ' ');
const header = ({ headers }: Conversation) => headers;

const forwardHeader =
  'From: ACME <claims@acme.example>\nDate: Mon, 2 Feb 2026 09:00:00 +0100\nSubject: Claim 88-12\nTo: jane@example.com';

/** Programs that quote with marks. */
const withMarks = (
  name: string,
  languages: readonly string[],
  intro: (one: Conversation) => string,
  more: Partial<Program> = {},
): Program => ({
  name,
  format: 'text',
  languages,
  intro,
  above: ({ own, intro, quoted }) => `${own}\n\n${intro}\n\n${marked(quoted)}\n`,
  below: ({ own, intro, quoted }) => `${intro}\n${marked(quoted)}\n\n${own}\n`,
  inline: ({ own, intro, quoted, rest }) =>
    `${intro}\n${marked(quoted)}\n\n${own}\n\n${marked(rest)}\n\n${second}\n`,
  forwarded: (own, intro) => `${own}\n\n${intro}\n\n${foreign}\n`,
  between: { mark: '> ', gaps: blankLines },
  forwardIntro: `---------- Forwarded message ---------\n${forwardHeader}`,
  ...more,
});

/** Programs of plain text that put the mail below lines like those of a header, without marks. */
const withHeader = (name: string, languages: readonly string[], rule = ''): Program => ({
  ...withMarks(name, languages, (one) => rule + header(one)),
  above: ({ own, intro, quoted }) => `${own}\n\n${intro}\n\n${quoted}\n`,
  below: ({ own, intro, quoted }) => `${intro}\n\n${quoted}\n\n${own}\n`,
  inline: ({ own, intro, quoted, rest }) => `${intro}\n\n${quoted}\n\n${own}\n\n${rest}\n\n${second}\n`,
  between: { mark: '', gaps: blankLines },
  forwardIntro: `${rule}${forwardHeader}`,
});

interface Markup {
  readonly own: (text: string) => string;
  readonly quote: (intro: string, text: string) => string;
  readonly page?: (body: string) => string;
  readonly between?: Between;
}

/** Programs of HTML. */
const ofMarkup = (
  name: string,
  languages: readonly string[],
  intro: (one: Conversation) => string,
  {
    own: say,
    quote,
    page = (body) => `<html><body>${body}</body></html>`,
    between = { mark: '> ', gaps: blankLines },
  }: Markup,
  more: Partial<Program> = {},
): Program => ({
  name,
  format: 'HTML',
  languages,
  intro,
  above: ({ own, intro, quoted }) => page(say(own) + quote(intro, boxes(quoted))),
  below: ({ own, intro, quoted }) => page(quote(intro, boxes(quoted)) + say(own)),
  inline: ({ own, intro, quoted, rest }) =>
    page(`${quote(intro, boxes(quoted))}${say(own)}${quote('', boxes(rest))}${say(second)}`),
  forwarded: (own, intro) => page(`${say(own)}<br>${say(intro)}<br>${boxes(foreign)}`),
  between,
  forwardIntro: `---------- Forwarded message ---------\n${forwardHeader}`,
  ...more,
});

const div = (text: string) => `<div>${broken(text)}</div>`;
const citation = (intro: string, quoted: string) =>
  `${intro && `<div class="moz-cite-prefix">${broken(intro)}<br></div>`}<blockquote type="cite">${quoted}</blockquote>`;

export const programs: readonly Program[] = [
  withMarks('Gmail', ['en', 'de', 'fr', 'es'], sentence),
  withMarks('Thunderbird', ['de', 'nl', 'sv'], oneLine),
  withMarks('mutt', ['en', 'fi', 'cs'], oneLine),
  withMarks('Roundcube', ['pl', 'hu', 'ro'], oneLine),
  withMarks('Claws Mail', ['it', 'el', 'da'], oneLine),
  withMarks('K-9 Mail', ['ru', 'uk', 'tr'], header),
  withHeader('Outlook', ['en', 'de', 'ja'], '________________________________\n'),
  withHeader('Lotus Notes', ['fr', 'pt-BR']),
  withHeader('Outlook for Android', ['es', 'it', 'ko'], '________________________________\n'),
  ofMarkup('Gmail', ['en', 'fr', 'ja', 'zh-TW'], oneLine, {
    own: (text) => `<div dir="ltr">${broken(text)}</div>`,
    quote: (intro, quoted) =>
      `<br><div class="gmail_quote">${intro && `<div dir="ltr" class="gmail_attr">${broken(intro)}<br></div>`}<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">${quoted}</blockquote></div>`,
  }),
  ofMarkup('Apple Mail', ['it', 'de', 'no'], oneLine, {
    own: div,
    quote: (intro, quoted) =>
      `<div><br><blockquote type="cite">${intro && `<div>${broken(intro)}</div><br>`}<div>${quoted}</div></blockquote></div>`,
  }),
  ofMarkup('Thunderbird', ['en', 'sv', 'cs'], oneLine, {
    own: (text) => `<p>${broken(text)}</p>`,
    quote: citation,
  }),
  ofMarkup('Outlook', ['en', 'de', 'ru'], header, {
    between: { mark: '', gaps: blankLines },
    own: (text) => `<p class="MsoNormal">${broken(text)}</p>`,
    quote: (intro, quoted) =>
      `${intro && `<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">${broken(intro)}</p></div>`}${quoted}`,
    page: (body) =>
      `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0cm;font-size:11.0pt}</style></head><body lang="EN-GB"><div class="WordSection1">${body}</div></body></html>`,
  }),
  ofMarkup('Outlook on the web', ['en', 'fr', 'pl'], header, {
    between: { mark: '', gaps: noLines },
    own: (text) => `<div class="elementToProof">${broken(text)}</div>`,
    quote: (intro, quoted) =>
      `${intro && `<hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">${broken(intro)}</font></div>`}<div>${quoted}</div>`,
  }),
  ofMarkup('Yahoo', ['en', 'es'], oneLine, {
    between: { mark: '> ', gaps: ['\n', '\n\n'] },
    own: div,
    quote: (intro, quoted) =>
      `<div class="yahoo_quoted"><div>${intro && `<div>${broken(intro)}</div><div><br></div>`}${quoted}</div></div>`,
  }),
  ofMarkup('GMX', ['de', 'hu'], header, {
    between: { mark: '', gaps: noLines },
    own: div,
    quote: (intro, quoted) =>
      `<div name="quote" style="border-left:2px solid #C3D9E5">${intro && `<div>${broken(intro)}</div>`}<div name="quoted-content">${quoted}</div></div>`,
  }),
  ofMarkup('Proton', ['en', 'tr'], oneLine, {
    between: { mark: '> ', gaps: ['\n', '\n\n'] },
    own: (text) => `<div style="font-family: Arial; font-size: 14px;">${broken(text)}</div>`,
    quote: (intro, quoted) =>
      `<div class="protonmail_quote">${intro && `${broken(intro)}<br><br>`}<blockquote class="protonmail_quote" type="cite">${quoted}</blockquote></div>`,
  }),
  ofMarkup('Zimbra', ['pt-BR', 'vi'], header, {
    between: { mark: '', gaps: noLines },
    own: div,
    quote: (intro, quoted) =>
      `${intro && `<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">${broken(intro)}</div>`}<div data-marker="__QUOTED_TEXT__">${quoted}</div>`,
  }),
  ofMarkup('Samsung Mail', ['ko', 'en'], header, {
    between: { mark: '', gaps: noLines },
    own: (text) => `<div dir="auto">${broken(text)}</div>`,
    quote: (intro, quoted) =>
      `${intro && `<div align="left" style="font-size:100%;color:#000000"><div>-------- Original message --------</div><div>${broken(intro)}</div></div><div><br></div>`}${quoted}`,
  }),
];

function wholeMail(program: Program, one: Conversation, shape: Shape): WholeMail {
  const { format, name } = program;
  const { own, earlier, language } = one;
  const intro = program.intro(one);
  const [greeting = '', , request = '', ...ending] = earlier.split('\n');
  const parts = { one, own, intro, quoted: earlier };
  const made = { program: name, format, language, shape, earlier };
  switch (shape) {
    case 'above':
      return { ...made, mail: program.above(parts), expected: own };
    case 'below':
      return { ...made, mail: program.below(parts), expected: `[…]\n${own}` };
    case 'inline': {
      const rest = ending.join('\n').trim();
      const mail = program.inline({ ...parts, quoted: `${greeting}\n\n${request}`, rest });
      // Short quoted lines between the writer's words stay: they may be what these answer.
      const { mark, gaps } = program.between;
      const kept = gaps[0] + rest.replaceAll(/^/gm, mark) + gaps[1];
      return { ...made, mail, expected: `[…]\n${own}${kept}${second}` };
    }
    case 'forwarded': {
      const { forwardIntro: head } = program;
      return { ...made, mail: program.forwarded(own, head), expected: `${own}\n\n${head}\n\n${foreign}` };
    }
    case 'signed': {
      const signed = `${own}\n\n-- \n${signature}`;
      // HTML has no space at the end of a line.
      const expected = format === 'HTML' ? signed.replace('-- \n', '--\n') : signed;
      return { ...made, mail: program.above({ ...parts, own: signed }), expected };
    }
  }
}

const conversationIn = (language: string) => conversations.find((one) => one.language === language);

export const wholeMails: readonly WholeMail[] = programs.flatMap((program) =>
  program.languages.flatMap((language) => {
    const one = conversationIn(language);
    if (one === undefined) throw new Error(language);
    return shapes.map((shape) => wholeMail(program, one, shape));
  }),
);
