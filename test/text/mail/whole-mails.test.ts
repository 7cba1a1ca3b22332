import { describe, expect, it } from 'vitest';
import { clean } from '../../../src/text/clean.ts';
import { quotedReplies } from '../../../src/text/mail/quoted-reply.ts';
import { readableText } from '../../../src/text/mail/readable-text.ts';
import { programs, shapes, type WholeMail, wholeMails } from '../../support/mail/whole-mails.ts';

/** What a model reads of a mail in a session that has the quoted message. */
async function shown({ mail, earlier }: WholeMail): Promise<string> {
  const replies = quotedReplies();
  replies.add(earlier);
  const { text } = await replies.strip(clean((await readableText(mail)).text).trim());
  return text;
}

describe('the table of whole mails', () => {
  it('has mails of at least 12 programs in 20 languages, as text and HTML, and of every shape', () => {
    expect(new Set(wholeMails.map(({ program }) => program)).size).toBeGreaterThanOrEqual(12);
    expect(new Set(wholeMails.map(({ language }) => language)).size).toBeGreaterThanOrEqual(20);
    expect(new Set(wholeMails.map(({ format }) => format))).toEqual(new Set(['text', 'HTML']));
    expect(wholeMails).toHaveLength(programs.reduce((sum, { languages }) => sum + languages.length, 0) * 5);
  });
});

describe.each(programs.map(({ name, format }) => ({ name, format })))(
  'a mail of $name, $format',
  (program) => {
    const ofProgram = wholeMails.filter(
      (one) => one.program === program.name && one.format === program.format,
    );

    it.each(shapes)('reads as its writer wrote it: %s', async (shape) => {
      const mails = ofProgram.filter((one) => one.shape === shape);
      expect(mails.length).toBeGreaterThanOrEqual(2);
      for (const mail of mails) {
        expect({ language: mail.language, text: await shown(mail) }).toEqual({
          language: mail.language,
          text: mail.expected,
        });
      }
    });

    it('loses nothing if the session does not have what it quotes', async () => {
      for (const one of ofProgram) {
        const text = await shown({ ...one, earlier: 'Something else was said in this session.' });
        const lines = one.earlier.split('\n').filter(Boolean);
        const words = one.shape === 'forwarded' ? [] : lines;
        const flat = text.replaceAll(/[\s>]+/g, ' ');
        for (const line of words) expect(flat).toContain(line);
      }
    });
  },
);
