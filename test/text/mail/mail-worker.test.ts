import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { MailWorker } from '../../../src/text/mail/mail-worker.ts';
import { readableText } from '../../../src/text/mail/readable-text.ts';

const many = (n: number, text: (at: number) => string) =>
  Array.from({ length: n }, (_, at) => text(at)).join('');

/** Markup that takes minutes, or all memory, when it is read without limits. */
const hostile: Record<string, string> = {
  'selector lists and repeated classes': `<style>${`${'.a,'.repeat(1300)}.a{display:none}`.repeat(20)}</style><p class="${'a '.repeat(2000)}">x</p>`,
  'rules for one class': `<style>${many(16_000, (n) => `.a{x${n}:1}`)}</style><p class="a">x</p>`,
  'deep elements': `${'<div>'.repeat(100_000)}x`,
  'a million attributes': `<p ${many(1_000_000, (n) => `a${n}=1 `)}>x</p></p>`,
  'a huge style sheet': `<style>${'.a{color:red}'.repeat(700_000)}</style><p>x</p>`,
  'comments without end': `<div>${'<!--'.repeat(1_000_000)}`,
  entities: `<p>${'&'.repeat(5_000_000)}</p>`,
  'a huge table': `<table>${`<tr>${'<td>a</td>'.repeat(20)}</tr>`.repeat(5000)}</table>`,
  variables: `<style>:root{${many(2000, (n) => `--a${n}:var(--a${n + 1}) var(--a${n + 1});`)}}p{color:var(--a0)}</style><p>x</p>`,
};

/** Markup that takes minutes although it is short. Only the time limit ends it. */
const slow: Record<string, string> = {
  'nested selectors': `<style>${':not('.repeat(5000)}a${')'.repeat(5000)}{display:none}</style><p>x</p>`,
  'nested blocks of CSS': `<style>${'a{'.repeat(100_000)}</style><p>x</p>`,
  descendants: `<style>${'b '.repeat(3000)}{display:none}</style>${'<b>'.repeat(390)}x${'</b>'.repeat(390)}`,
};
/** Enough for any mail that can be read. Shorter than the usual limit, which these tests would wait for. */
const mailMs = 200;

describe('a mail worker', () => {
  it('converts mail, and leaves other text alone', async () => {
    expect(await readableText('<p>a</p><p style="display:none">b</p>')).toEqual({
      text: 'a',
      unread: 0,
      hidden: 1,
    });
    expect(await readableText('a < b')).toEqual({ text: 'a < b', unread: 0, hidden: 0 });
    const long = 'x'.repeat(300_000);
    expect(await readableText(long)).toEqual({ text: long.slice(0, 200_000), unread: 100_000, hidden: 0 });
  });

  it('keeps the main thread free, and its limits, whatever the markup', async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const mails = Object.values(hostile);
    const before = process.memoryUsage().rss;
    delay.enable();
    const read = await Promise.all([...mails, '<p>fine</p>'].map((html) => readableText(html)));
    delay.disable();
    expect(read.at(-1)).toEqual({ text: 'fine', unread: 0, hidden: 0 });
    for (const [at, html] of mails.entries()) {
      const { text, unread, isUnsafe } = read[at] ?? {};
      // Either all of it was read, or what was not is counted.
      if (isUnsafe) expect({ text, unread }).toEqual({ text: '', unread: html.length });
      else if (unread === 0) expect(text).toBe('x');
    }
    expect(read.filter(({ isUnsafe }) => isUnsafe).length).toBeGreaterThan(2);
    // Other tests share the processor; on the main thread, such mail took seconds.
    expect(delay.max / 1e6).toBeLessThan(1000);
    expect(process.memoryUsage().rss - before).toBeLessThan(450e6);
  }, 60_000);

  it('gives up on mail that takes too long, and reads the next', async () => {
    const worker = new MailWorker(mailMs);
    const convert = (html: string) => worker.convert({ html, wholeAddresses: false });
    const read = await Promise.all([...Object.values(slow), '<p>next</p>'].map(convert));
    expect(read).toEqual([undefined, undefined, undefined, expect.objectContaining({ text: 'next' })]);
  });

  it('gives up on mail at once when a call is cancelled, and reads the next', async () => {
    const worker = new MailWorker(mailMs);
    const mail = { html: slow['nested selectors'] ?? '', wholeAddresses: false };
    const call = new AbortController();
    const given = [worker.convert(mail, call.signal), worker.convert(mail, call.signal)];
    call.abort();
    expect(await Promise.all(given)).toEqual([undefined, undefined]);
    expect(await worker.convert(mail, call.signal)).toBeUndefined();
    expect(await worker.convert({ html: '<p>next</p>', wholeAddresses: false })).toMatchObject({
      text: 'next',
    });
  });
});
