import { describe, expect, it } from 'vitest';
import { htmlToText, looksLikeHtml } from '../../src/presenters/html.ts';

const textOf = async (html: string) => (await htmlToText(html)).text;

describe('looksLikeHtml', () => {
  it.each(['<p>Hi</p>', '<HTML><BODY>x</BODY></HTML>', 'Hi<br/>there <b>you</b>', '<div class="a">x</div>'])(
    'takes %j for markup',
    (text) => {
      expect(looksLikeHtml(text)).toBe(true);
    },
  );

  it.each(['a < b and b > c', 'Hi <jane@example.com>', 'use <T> here', '<br> only', 'x </ y', 'I <3 you'])(
    'takes %j for prose',
    (text) => {
      expect(looksLikeHtml(text)).toBe(false);
    },
  );

  it('takes no longer for many tags that never end', () => {
    const started = performance.now();
    expect(looksLikeHtml('<b '.repeat(300_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('htmlToText', () => {
  it('keeps words, lists and addresses, and drops images, styles and scripts', async () => {
    const html = `<html><head><style>p { color: red }</style></head><body>
      <p>Hello <b>Jane</b>,</p><ul><li>one</li><li>two</li></ul>
      <p>See <a href="https://example.com/order">your order</a>.<img src="https://t.example/p.gif" alt="x"></p>
      <script>alert(1)</script></body></html>`;
    const text = await textOf(html);
    expect(text).toContain('Hello Jane,');
    expect(text).toMatch(/\* one\n \* two/);
    expect(text).toContain('your order [https://example.com/order]');
    for (const gone of ['color', 'p.gif', 'alert', '<']) expect(text).not.toContain(gone);
  });

  it('shows an address once where it is its own text', async () => {
    expect(await textOf('<a href="https://example.com/">https://example.com/</a>')).toBe(
      'https://example.com/',
    );
  });

  it('does not wrap lines', async () => {
    const line = 'word '.repeat(100).trim();
    expect(await textOf(`<p>${line}</p>`)).toBe(line);
  });

  it('reads characters written as entities', async () => {
    expect(await textOf('<p>a &lt;b&gt; &amp; &#x263a;</p>')).toBe('a <b> & ☺');
  });

  it.each(['<div>', '<blockquote>', '<ul><li>', '<table><tr><td>', '<a href="x">'])(
    'survives thousands of %s within each other',
    async (tag) => {
      expect(await textOf(`<p>before</p>${tag.repeat(8000)}deep</div>`)).toContain('before');
    },
  );

  it('says how much of a very long mail it did not read', async () => {
    const html = `<p>${'x'.repeat(250_000)}</p>`;
    const { text, unread } = await htmlToText(html);
    expect(text).toMatch(/^x+$/);
    expect(unread).toBe(html.length - 200_000);
    expect((await htmlToText('<p>x</p>')).unread).toBe(0);
  });
});
