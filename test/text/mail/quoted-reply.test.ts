import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean } from '../../../src/text/clean.ts';
import { quotedReplies } from '../../../src/text/mail/quoted-reply.ts';
import { readableText } from '../../../src/text/mail/readable-text.ts';
import { type CorpusMail, corpus } from '../../support/mail/corpus.ts';

/** A stripper for a session that has these messages. */
function sessionWith(...earlier: readonly string[]) {
  const replies = quotedReplies();
  for (const text of earlier) replies.add(text);
  return replies;
}

const strip = (mail: string, ...earlier: readonly string[]) => sessionWith(...earlier).strip(mail);

const words = 'The lorry needs three metres of width to turn: is there room in front of the hall?';
const more =
  'If there is not, we can unload in the street, but then somebody has to stop the traffic for us.';
/** Earlier mail, long enough to be left out. */
const earlier = `${words}\n\n${more}\nMaud`;
const marked = (text: string) => text.replaceAll(/^/gm, '> ');
const quoted = marked(earlier);

describe('mail of many programs and languages', () => {
  const textOf = async (one: CorpusMail) => clean((await readableText(one.mail)).text).trim();

  it('is a corpus of at least 60 mails, 12 programs and 10 languages', () => {
    const programs = corpus.map(({ name }) => name.split(',')[0]).filter((name) => /^[A-Z]/.test(name ?? ''));
    expect(corpus.length).toBeGreaterThanOrEqual(60);
    expect(new Set(programs).size).toBeGreaterThanOrEqual(12);
    expect(new Set(corpus.map(({ name }) => name.split(', ')[2])).size).toBeGreaterThanOrEqual(30);
  });

  it.each(corpus.map((one) => [one.name, one] as const))(
    'is left with the words of its writer: %s',
    async (_, one) => {
      const { text } = await strip(await textOf(one), ...one.earlier);
      expect(text).toBe(one.expected);
      for (const line of one.written) expect(text.split('\n')).toContain(line);
    },
  );

  it('has at least 90 % of the words left out that its session has', async () => {
    const wordsOf = (text: string) => text.match(/[\p{L}\p{N}]+/gu) ?? [];
    let [held, shown] = [0, 0];
    for (const one of corpus) {
      const whole = await textOf(one);
      const { text } = await strip(whole, ...one.earlier);
      const own = new Set(one.written.flatMap(wordsOf));
      const ofSession = new Set(one.earlier.flatMap(wordsOf).filter((word) => !own.has(word)));
      const count = (of: string) => wordsOf(of).filter((word) => ofSession.has(word)).length;
      held += count(whole);
      shown += count(text);
    }
    expect(held).toBeGreaterThan(2000);
    expect(shown / held).toBeLessThan(0.1);
  });
});

describe('a quotation', () => {
  it.each([
    'On Monday Maud wrote:',
    'Jane Doe wrote:',
    'Quoting Jane (a@b.example):',
    'Maud Lindqvist <a@b.example\n>:',
    'On Tue, 3 Feb 2026 at 10:12, Maud Lindqvist <maud@example.com> wrote:',
    'On Tue, Feb 3, 2026 at 10:12 AM\nMaud Lindqvist\n<maud@example.com> wrote:',
    'Maud <maud@example.com> schrieb am 3.2.2026 um 10:12:',
    '30.09.2017, 18.30, "J D" <s@x.example>:',
    'Am 13.12.2017 21:11 schrieb "J" <s@x.example>:',
    'pe 20. lokakuuta 2017 klo 17.50 J C <s@x.example>\nkirjoitti:',
    'W dniu 2017-01-09 11:59:39 użytkownik C <q@x.example> napisał:',
    '---- On Tue, 03 Feb 2026 10:12:50 +0100 maud@example.com wrote ----',
    '> On 3 Feb 2026, at 10:12, Maud <maud@example.com> wrote:\n> ',
    '-----Original Message-----',
    '----- Ursprüngliche Nachricht -----\nVon: Maud\nGesendet: Dienstag, 3. Februar 2026\nBetreff: x',
    'From: Maud Lindqvist [mailto:maud@example.com]\nSent: Tuesday\nTo: a@example.com\nCc: b@example.com\nSubject: RE: chairs',
    'From: Maud Lindqvist\n<maud@example.com>\nSent: 3 February 2026\nSubject: RE: chairs',
    'От: А [a@x.example]\nОтправлено: 3 февраля 2026 г.\nКому: Б\nТема: x',
    '________________________________\nDate: Tue, 3 Feb 2026 10:12:44 +0000\nSubject: x\nFrom: maud@example.com',
    '---\n\n**From:** Maud <maud@example.com>\n**Sent:** 3 February 2026\n**Subject:** chairs',
  ])('is left out with what introduces it: %j', async (introduction) => {
    for (const body of [quoted, earlier]) {
      for (const between of ['\n', '\n\n', '\n\n\n']) {
        const quotation = `${introduction}${between}${body}`;
        expect(await strip(`There is.\n\n${quotation}`, earlier)).toEqual({
          text: 'There is.',
          quoted: quotation.length,
        });
        const unknown = await strip(`There is.\n\n${quotation}`, 'Something else was said in this session.');
        expect(unknown).toEqual({ text: `There is.\n\n${quotation}`, quoted: 0 });
      }
    }
  });

  it.each([
    ['other line lengths', words.replace('of width', 'of\n> width')],
    ['other marks', words.replace('lorry', '*lorry*').replace('turn:', 'turn –')],
    ['capitals', words.toUpperCase()],
    ['the address of a link', words.replace('hall', 'hall <https://x.example/hall>')],
    ['deeper marks', `> > ${words}`],
  ])('is recognized with %s', async (_, body) => {
    const mail = `There is.\n\nOn Monday Maud wrote:\n> ${body}`;
    expect(await strip(mail, earlier)).toMatchObject({ text: 'There is.' });
    expect(await strip(mail, words.replace('hall', '[hall](https://x.example/hall)'))).toMatchObject({
      text: 'There is.',
    });
  });

  it('is left out whatever the writer says about it', async () => {
    for (const own of ['I look forward to your reply.', 'FYI', 'My answers are below.']) {
      expect(await strip(`${own}\n\nOn Monday Maud wrote:\n${quoted}`, earlier)).toMatchObject({ text: own });
    }
  });

  it('is kept if it is short and above an answer, or if the note would be as long', async () => {
    const mail = `On Monday Maud wrote:\n> Is there room in front of the hall?\nYes.\n${quoted}\nBye`;
    expect(await strip(mail, earlier, 'Is there room in front of the hall?')).toEqual({
      text: 'On Monday Maud wrote:\n> Is there room in front of the hall?\nYes.\n[…]\nBye',
      quoted: quoted.length,
    });
    const short = 'There is.\n\nOn Monday Maud wrote:\n> Is there room?';
    expect(await strip(short, 'Is there room?')).toEqual({ text: short, quoted: 0 });
  });

  it('is kept if nothing else would remain', async () => {
    const mail = `On Monday Maud wrote:\n${quoted}`;
    expect(await strip(mail, earlier)).toEqual({ text: mail, quoted: 0 });
  });

  it('is shortened above an answer if the session does not have it and the text is too long', async () => {
    const strange = marked(Array.from({ length: 40 }, (_, n) => `line ${n}`).join('\n'));
    const mail = `On Monday Maud wrote:\n${strange}\nYes.`;
    const { text, quoted: count } = await sessionWith(earlier).strip(mail, 200);
    expect(text).toMatch(
      /^On Monday Maud wrote:\n> line 0\n> line 1\n> line 2\n> line 3\n> line 4\n\[…\]\nYes\.$/,
    );
    expect(count).toBe(strange.length - '> line 0\n> line 1\n> line 2\n> line 3\n> line 4\n'.length);
    expect(await sessionWith(earlier).strip(mail, 2000)).toEqual({ text: mail, quoted: 0 });
  });
});

describe('what the writer wrote', () => {
  it.each([
    [
      'a sentence above a quotation',
      `Hi\n\nI have 2 questions\nMaud wrote:\n${quoted}`,
      'Hi\n\nI have 2 questions',
    ],
    [
      'a sentence above a quotation',
      `Hi\n\nOn Monday I asked 2 questions.\nMaud wrote:\n${quoted}`,
      'Hi\n\nOn Monday I asked 2 questions.',
    ],
    ['an introduction of its own', `You wrote:\n${quoted}\nNo.`, 'You wrote:\n[…]\nNo.'],
    [
      'an introduction of its own',
      `You told me on 3.2.2026 that:\n${quoted}`,
      'You told me on 3.2.2026 that:',
    ],
    [
      'a form above a quotation',
      `Name: Jo\nMail: jo@x.example\nDate: 3.2.2026\n${quoted}`,
      'Name: Jo\nMail: jo@x.example\nDate: 3.2.2026',
    ],
    [
      'a line between quoted lines',
      `On Monday Maud wrote:\n> ${words}\n> Yes there is.\nAnd a ramp.\n> ${more}\nFine.`,
      `[…]\n> Yes there is.\nAnd a ramp.\n> ${more}\nFine.`,
    ],
    [
      'a line between lines without marks',
      `Hi\n\n-----Original Message-----\n${words} ${words}\nYes there is.\n\n${more} ${more}\nI can.`,
      'Hi\n[…]\nYes there is.\n[…]\nI can.',
    ],
    [
      'words in a quoted line',
      `Hi\n\n-----Original Message-----\n${words} ${words}\n${more} I CAN STOP THEM.`,
      `Hi\n[…]\n${more} I CAN STOP THEM.`,
    ],
    [
      'an emoji between quoted lines',
      `Hi\n\n-----Original Message-----\n${words} ${words}\n👍\n${more} ${more}`,
      'Hi\n[…]\n👍',
    ],
    [
      'a link between quoted lines',
      `Hi\n\n-----Original Message-----\n${words} ${words}\n<https://x.example/plan>\n${more} ${more}`,
      'Hi\n[…]\n<https://x.example/plan>',
    ],
    ['a signature that was seen before', `No.\n\n___\n${more}`, `No.\n\n___\n${more}`],
    ['words of an earlier message', `No. I said it already. ${words}`, `No. I said it already. ${words}`],
  ])('stays: %s', async (_, mail, expected) => {
    const twice = [`${words} ${words}`, `${more} ${more}`].join('\n');
    expect((await strip(mail, earlier, twice)).text).toBe(expected);
  });

  it('stays between any quotations, and every character left out is counted', async () => {
    const own = fc.array(
      fc.constantFrom(
        'Yes.',
        'No, the other one.',
        '',
        'On Monday it rained',
        'From: me',
        '- a',
        words.slice(0, 30),
      ),
      { maxLength: 4 },
    );
    const quotation = fc.record({
      introduction: fc.constantFrom('On Monday Maud wrote:', '', '-----'),
      lines: fc.array(fc.constantFrom(words, more, 'Maud', '', 'On Monday Jo wrote:', 'not in the session'), {
        minLength: 1,
        maxLength: 6,
      }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(own, quotation), { maxLength: 5 }), own, async (parts, end) => {
        const mail = [
          ...parts.flatMap(([before, { introduction, lines }]) => [
            ...before,
            introduction,
            ...lines.map((line) => `> ${line}`),
          ]),
          ...end,
        ];
        const { text, quoted: count } = await strip(mail.join('\n'), earlier);
        const kept = (all: readonly string[]) =>
          all.filter((line) => !/^$|^> (?!not)|^>$|wrote:$|^-+$|^\[…\]$/.test(line.trim()));
        expect(kept(text.split('\n'))).toEqual(kept(mail));
        const missing = mail.join('').length - text.replaceAll(/\[…\]|\n/g, '').length;
        expect(missing).toBeLessThanOrEqual(count);
        if (count === 0) expect(text).toBe(mail.join('\n'));
      }),
      { numRuns: 300, seed: 4 },
    );
  });
});

describe('the work for long mail', () => {
  it('is bounded and lets other calls have their turn', async () => {
    const long = `${words}\n`.repeat(1200);
    const replies = sessionWith(...Array.from({ length: 20 }, (_, n) => `${n} ${long}`));
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const { text } = await replies.strip(
      `There is.\n\nOn Monday Maud wrote:\n${marked(long.slice(0, 500 * (words.length + 1)))}`,
    );
    clearInterval(timer);
    expect(text).toBe('There is.');
    expect(turns).toBeGreaterThan(5);
  });

  it('does not grow with text that almost matches, and nothing of it is lost', async () => {
    for (const nearly of [
      `On ${'x at '.repeat(50_000)}`,
      `${'-'.repeat(200_000)} x`,
      `${'> '.repeat(100_000)}x`,
      'On Monday Maud wrote\n> x\n\n'.repeat(10_000),
      'From: a@example.com\nDate: 3\n'.repeat(10_000),
      `${'a@'.repeat(100_000)}:`,
      `> ${'<https://x.example/'.repeat(10_000)}`,
      'x:\n'.repeat(3_000_000),
    ]) {
      expect(await strip(nearly, earlier)).toEqual({ text: nearly, quoted: 0 });
    }
  });
});
