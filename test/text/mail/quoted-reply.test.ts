import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { htmlToText } from '../../../src/text/mail/html-to-text.ts';
import { stripQuotedReply } from '../../../src/text/mail/quoted-reply.ts';

const words = 'The lorry needs three metres of width to turn: is there room in front of the hall?';
/** What somebody wrote before, long enough to be folded. */
const earlier = [words, '', `${words} ${words}`, 'Maud'];
const quoted = earlier.map((line) => `> ${line}`).join('\n');

describe('a quotation that a mail program made', () => {
  it.each([
    'On Monday Maud wrote:',
    'On Tue, 3 Feb 2026 at 10:12, Maud Lindqvist <maud@example.com> wrote:',
    'On Tue, Feb 3, 2026 at 10:12 AM Maud Lindqvist <\nmaud75@example.com> wrote:',
    'On Tue, Feb 3, 2026 at 10:12 AM\nMaud Lindqvist\n<maud@example.com> wrote:',
    'Am Di., 3. Feb. 2026 um 10:12 Uhr schrieb Maud\n<maud@example.com>:',
    'Maud <maud@example.com> schrieb am 3.2.2026 um 10:12:',
    'Le mar. 3 févr. 2026 à 10:12, Maud <maud@example.com> a écrit :',
    'El mar, 3 feb 2026 a las 10:12, Maud (<maud@example.com>) escribió:',
    'Il giorno mar 3 feb 2026 alle ore 10:12 Maud <maud@example.com> ha scritto:',
    'Op di 3 feb 2026 om 10:12 schreef Maud <maud@example.com>:',
    'Em ter., 3 de fev. de 2026 às 10:12, Maud <maud@example.com> escreveu:',
    'Den 3 feb. 2026 10:12 skrev Maud:',
    'W dniu 3.02.2026 o 10:12, Maud napisał:',
    '3 февр. 2026 г. Мауд написал:',
    'Maud <maud@example.com> 于2026年2月3日周二 10:12写道：',
    '2026年2月3日(火) 10:12 Maud <maud@example.com>:',
    'ti 3. helmik. 2026 klo 10.12 Maud (maud@example.com) kirjoitti:',
    '---- On Tue, 03 Feb 2026 10:12:50 +0100 maud@example.com wrote ----',
    '> On 3 Feb 2026, at 10:12, Maud <maud@example.com> wrote:\n> ',
  ])('is left out with the line %j that introduces it', (introduction) => {
    for (const between of ['\n', '\n\n', '\n\n\n']) {
      const quotation = `${introduction}${between}${quoted}`;
      expect(stripQuotedReply(`There is.\n\n${quotation}`)).toEqual({
        text: 'There is.',
        quoted: quotation.length,
      });
    }
  });

  it.each([
    '-----Original Message-----',
    '----- Ursprüngliche Nachricht -----',
    '-----Original Message-----\nFrom: Maud\nSent: Tuesday',
    '________________________________\nFrom: Maud <maud@example.com>\nSent: Tuesday, 3 February 2026\nTo: a@example.com\nSubject: RE: chairs',
    'From: Maud Lindqvist [mailto:maud@example.com]\nSent: Tuesday, 3 February 2026\nTo: a@example.com\nCc: b@example.com\nSubject: RE: chairs',
    'From: Maud Lindqvist\n<maud@example.com>\nSent: 3 February 2026\nSubject: RE: chairs',
    'Von: Maud <maud@example.com>\nAn: a@example.com\nBetreff: AW: Stühle\nDatum: 3.2.2026 10:12',
    'De : Maud <maud@example.com>\nEnvoyé : mardi 3 février 2026 10:12\nÀ : a@example.com\nObjet : RE: chaises',
    '---\n\n**From:** Maud <maud@example.com>\n**Sent:** 3 February 2026\n**To:** a@example.com\n**Subject:** chairs',
    '发件人: Maud <maud@example.com>\n发送时间: 2026年2月3日\n收件人: a@example.com\n主题: chairs',
  ])('is left out from %j to its end', (headers) => {
    const quotation = `${headers}\n\n${earlier.join('\n')}\n${words}`;
    expect(stripQuotedReply(`There is.\n\n${quotation}`)).toEqual({
      text: 'There is.',
      quoted: quotation.length,
    });
  });

  it.each([
    `<div dir="ltr">There is.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, Feb 3, 2026 at 10:12 AM Maud &lt;<a href="mailto:m@example.com">m@example.com</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px">EARLIER</blockquote></div>`,
    `<html><body>There is.<br><div><blockquote type="cite"><div>On 3 Feb 2026, at 10:12, Maud &lt;m@example.com&gt; wrote:</div><br><div>EARLIER</div></blockquote></div></body></html>`,
    `<p>There is.</p><div class="moz-cite-prefix">On 03/02/2026 10:12, Maud wrote:<br></div><blockquote type="cite" cite="mid:x">EARLIER</blockquote>`,
    `<div>There is.</div><div id="ydp1yahoo_quoted_2" class="ydp1yahoo_quoted"><div>On Tuesday, 3 February 2026 at 10:12:13 CET, Maud &lt;m@example.com&gt; wrote:</div><div>EARLIER</div></div>`,
    `<p class="MsoNormal">There is.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Maud &lt;m@example.com&gt;<br><b>Sent:</b> Tuesday, February 3, 2026 10:12 AM<br><b>To:</b> a@example.com<br><b>Subject:</b> RE: chairs</p></div>EARLIER`,
    `<div>There is.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>From:</b> Maud &lt;m@example.com&gt;<br><b>Sent:</b> Tuesday, 3 February 2026<br><b>To:</b> a@example.com<br><b>Subject:</b> chairs</font></div>EARLIER`,
  ])('is left out of HTML mail %#', async (mail) => {
    const body = earlier.map((line) => `<p>${line}</p>`).join('');
    const { text } = await htmlToText(mail.replace('EARLIER', body));
    expect(text).toContain('Maud');
    const folded = stripQuotedReply(text);
    expect(folded.text).toBe('There is.');
    expect(folded.quoted).toBeGreaterThan(earlier.join().length);
  });

  it('stays where it is short: an answer without its question says little', () => {
    const mail = `On Monday Maud wrote:\n> How wide is it?\nTwo metres.\n> And how long?\nFour.\n${quoted}\nBye`;
    expect(stripQuotedReply(mail)).toEqual({
      text: 'On Monday Maud wrote:\n> How wide is it?\nTwo metres.\n> And how long?\nFour.\n[…]\nBye',
      quoted: quoted.length,
    });
  });

  it('goes below an answer, unless the note of it would be as long', () => {
    const short = 'On Monday Maud wrote:\n> Is there room in front of it?';
    expect(stripQuotedReply(`There is.\n\n${short}`)).toEqual({ text: 'There is.', quoted: short.length });
    const shortest = 'There is.\n\nOn Monday Maud wrote:\n> Is there room?';
    expect(stripQuotedReply(shortest)).toEqual({ text: shortest, quoted: 0 });
  });

  it('stays where nothing else is left', () => {
    for (const mail of [
      `On Monday Maud wrote:\n${quoted}`,
      `-----Original Message-----\n${words.repeat(9)}`,
    ]) {
      expect(stripQuotedReply(mail)).toEqual({ text: mail, quoted: 0 });
    }
  });
});

describe('what the writer wrote', () => {
  it.each([
    ['an error in quotation marks', `The page says, on 3 Feb at 10:12:\n${quoted}`],
    ['a question and its lines', `Hi\n\nI have 2 questions\nMaud wrote:\n${quoted}`],
    ['a sentence and its lines', `Hi\n\nOn Monday I asked 2 questions.\nMaud wrote:\n${quoted}`],
    [
      'a journey',
      `Please change this.\nFrom: Berlin\nDate: 3 May\nTo: Paris\nSubject: trip\n${words.repeat(9)}`,
    ],
    ...['My answers are below, in red.', 'FYI', 'Siehe unten.', 'Voir ci-dessous'].map((pointing) => [
      'what it points to',
      `${pointing}\n\n-----Original Message-----\nFrom: Maud <m@example.com>\nDate: 3 Feb\nSubject: x\n\n${words.repeat(9)}`,
    ]),
    ['half of a header block', `See:\nFrom: a@example.com\nTo: b@example.com\n${words.repeat(9)}`],
    ['words of rules', `One\n-----\n${words.repeat(9)}`],
    [
      'forwarded mail',
      `FYI\n---------- Forwarded message ---------\nFrom: Maud <m@example.com>\nDate: 3 Feb\nSubject: x\n\n${words.repeat(9)}\nOn Monday Jo wrote:\n${quoted}`,
    ],
    [
      'forwarded mail',
      `FYI\nBegin forwarded message:\n\n> From: Maud <m@example.com>\n> Date: 3 Feb\n> Subject: x\n> On Monday Jo wrote:\n${quoted}`,
    ],
    [
      'forwarded mail',
      `Bitte\nAnfang der weitergeleiteten Nachricht:\n\nVon: Maud <m@example.com>\nDatum: 3. Feb\nBetreff: x\n\n${words.repeat(9)}`,
    ],
    [
      'a line of ours',
      `Thanks.\n2026-03-01T11:00Z agent (quoted earlier mail, 9 characters, left out):\n[…]\nBye`,
    ],
  ])('stays: %s', (_, mail) => {
    expect(stripQuotedReply(mail as string)).toEqual({ text: mail, quoted: 0 });
  });

  const own = fc.array(
    fc.constantFrom('Yes.', 'No, the other one.', '', 'On Monday it rained', 'From: me', '- a'),
    {
      maxLength: 4,
    },
  );
  const quotation = fc.record({
    introduction: fc.constantFrom('On Monday Maud wrote:', '', '-----'),
    lines: fc.array(fc.constantFrom('x'.repeat(90), 'y', '', 'On Monday Jo wrote:'), {
      minLength: 1,
      maxLength: 6,
    }),
  });

  it('stays to the last word between whatever is quoted, and nothing is lost uncounted', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(own, quotation), { maxLength: 5 }), own, (parts, end) => {
        const mail = [
          ...parts.flatMap(([before, { introduction, lines }]) => [
            ...before,
            introduction,
            ...lines.map((line) => `> ${line}`),
          ]),
          ...end,
        ];
        const { text, quoted } = stripQuotedReply(mail.join('\n'));
        const unquoted = (all: readonly string[]) =>
          all.filter((line) => !/^$|^>|wrote:$|^-+$|^\[…\]$/.test(line.trim()));
        expect(unquoted(text.split('\n'))).toEqual(unquoted(mail));
        const missing = mail.join('').length - text.replaceAll(/\[…\]|\n/g, '').length;
        expect(missing).toBeLessThanOrEqual(quoted);
        if (quoted === 0) expect(text).toBe(mail.join('\n'));
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('ends for lines that nearly are what is looked for', () => {
    for (const nearly of [
      `On ${'x at '.repeat(50_000)}`,
      `${'-'.repeat(200_000)} x`,
      `${'> '.repeat(100_000)}x`,
      'On Monday Maud wrote\n> x\n\n'.repeat(10_000),
      'From: a@example.com\nDate: 3\n'.repeat(10_000),
      `${'a@'.repeat(100_000)}:`,
    ]) {
      expect(stripQuotedReply(nearly).quoted).toBe(0);
    }
  });
});
