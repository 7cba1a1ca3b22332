import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { MailWorker } from '../../src/text/mail/mail-worker.ts';
import { startUpstream, type Upstream } from '../support/fakes/http-server.ts';
import { connect, type Session } from '../support/program/program.ts';

/**
 * Bodies of mail that take minutes or all memory when they are read without limits: one too complex, one too long.
 * test/text/mail/mail-worker.test.ts has more.
 */
const hostile = [
  `<style>${`${'.a,'.repeat(1300)}.a{display:none}`.repeat(20)}</style><p class="${'a '.repeat(2000)}">x</p>`,
  `<p ${'a=1 '.repeat(400_000)}>x</p></p>`,
];
/** One that is short, but too slow. */
const slow = `<style>${':not('.repeat(5000)}a${')'.repeat(5000)}{display:none}</style><p>x</p>`;

let api: Upstream;
let server: Session;
beforeAll(async () => {
  api = await startUpstream();
  server = await connect({ env: { OPENCX_API_KEY: 'key-of-a-test', OPENCX_API_URL: api.url } });
});
afterAll(async () => {
  await server.close();
  await api.close();
});

it('mail that cannot be read safely is said in its place, and the rest of the answer stands', async () => {
  const texts = ['first <b>plain</b>', ...hostile, '<p>last</p><p style="display:none">hidden</p>'];
  const items = texts.map((text, at) => ({
    id: `m${at}`,
    created_at: new Date(Date.UTC(2026, 2, 1, 10, texts.length - at)).toISOString(),
    event: { type: 'message', sender: { type: 'contact' }, content: { type: 'text', text } },
  }));
  api.script({ json: { items, next: null } });
  const { view, text, isError } = await server.call('get_session_history', { session_id: 's1' });
  expect(isError).toBe(false);
  const shown = (view.messages as Record<string, unknown>[]).toReversed();
  expect(shown).toHaveLength(texts.length);
  expect(shown[0]).toMatchObject({ text: 'first <b>plain</b>' });
  expect(shown.at(-1)).toMatchObject({ text: 'last', hidden_chars: 'hidden'.length });
  for (const [at, html] of hostile.entries()) {
    const message = shown[at + 1];
    // Read, read in part, or left out: what is missing is counted.
    if (message?.['unsafe_chars'] !== undefined) expect(message).toMatchObject({ unsafe_chars: html.length });
    else if (message?.['cut_chars'] === undefined) expect(message).toMatchObject({ text: 'x' });
  }
  expect(text).toContain(
    `contact (could not be read safely, ${hostile[0]?.length} characters of markup left out)`,
  );
  expect(Buffer.byteLength(text)).toBeLessThan(24_000);
}, 60_000);

it('a mail has two seconds, and the next one is read', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const worker = new MailWorker();
  const convert = (html: string) => worker.convert({ html, wholeAddresses: false });
  // The thread has started, so the time of the next mail begins at once.
  expect(await convert('<p>first</p>')).toMatchObject({ text: 'first' });
  const told = vi.fn();
  const read = convert(slow).then(told);
  const next = convert('<p>next</p>');
  await vi.advanceTimersByTimeAsync(1999);
  expect(told).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await read;
  expect(told).toHaveBeenCalledWith(undefined);
  expect(await next).toMatchObject({ text: 'next' });
});
