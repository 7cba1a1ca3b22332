import { describe, expect, it } from 'vitest';
import { looksLikeHtml } from '../../../src/text/mail/looks-like-html.ts';

describe('looksLikeHtml', () => {
  it.each([
    '<p>Hi</p>',
    '<HTML><BODY>x',
    '<!DOCTYPE html><p>Hi',
    '\n<!-- made by a program --><html><head></head>x',
    '<div class="a">x</div>',
    '<div dir="ltr">Hi<br>there</div><br>',
    '<p>one<p>two</p>',
    '<table><tr><td>a<td>b<tr><td>c</table>',
    '<p style="margin:0">Hi <a href="https://a.example">you</a></p><p class="x">cut off in the mid',
    'Thanks!<br><div class="gmail_quote">On Monday Jo wrote: <blockquote>x</blockquote></div>',
    'Hi<br><br><div class="gmail_quote">a</div><br>',
    '<meta charset="utf-8"><p>Hi</p>',
    '<style>p{margin:0}</style>Hi',
    'CAUTION: external sender.\n\n<html><body><p>x</p></body></html>',
    '<div>x</div>\n\n-- \nThis email was scanned for viruses.',
    '<p>Hi</p>\n\n________________________________\nConfidential',
    'Hello,<br>late.<br>',
    'Hi,<br><br>My order is late.<br>Thanks<br>Jo',
    'Line one<br>\nLine two<br>\nThanks',
    'Hi <b>team</b>,<br>my order is late.<br>Thanks',
    '<!-- c --><p>x</p>',
    '<p>x</p><!-- made by a program -->',
    '<p>a</p><p>b</p><hr>f',
    '<p>a</p>...<hr>f',
    '<p>My order is late.</p>Thanks, <b>Jo</b>',
    'Dear team,<p>My order is late.</p><p>Thanks</p>',
    '<dl><dt>Order</dt><dd>4521</dd></dl>',
    '<form><input value="4521"></form>',
  ])('detects HTML in %j', (text) => {
    expect(looksLikeHtml(text)).toBe(true);
  });

  it.each([
    'a < b and b > c',
    'Hi <jane@example.com>',
    'use <T> here',
    '<br> only',
    'x </ y',
    'I <3 you',
    'use <div> and </div> to make a box',
    'How do I write <b>bold</b> text?',
    'Put it between <p> and </p>',
    '<b>bold</b> does not work for me',
    '</div> is missing, I think: <div>',
    'My page says <div class="box">Hello</div> but shows nothing',
    '<div> was never closed</p>',
    '{"html":"<p class="x">Hi</p>"}',
    'put <br> or <br>',
    'I wrote a <br><br> in my page',
    'use "<br>" and "<br>"',
    'My page:\n<html><body>x</body></html>\nwhy?',
    '<style> goes in the head',
    '<meta> tags are odd',
    '<div>Hello</div>\nshows nothing in my virus scanner?',
    '<div>Hello</div> shows nothing',
    '<p>a</p> and <p>b</p> fail',
    'My page says:<p>Hello</p>',
    'html=<div>Hello</div>',
    '<p>a</p>, but not <p>b</p>c',
    '`<p>a</p><hr>f`',
    'use <!-- and --> for comments',
    '<!-- <p>x</p>',
    '<b>B</b>old words',
    'use <br>and<br> with <p>',
  ])('detects prose in %j', (text) => {
    expect(looksLikeHtml(text)).toBe(false);
  });

  it.each(['<b ', '<', '<!--', '<p>', 'a<br>', '\n<html', '<style>', ' '])(
    'takes linear time for a flood of %j',
    (flood) => {
      const timeOf = (length: number) => {
        const text = flood.repeat(length / flood.length);
        const started = performance.now();
        looksLikeHtml(text);
        return performance.now() - started;
      };
      timeOf(200_000);
      // Quadratic time would be 2500 times as long.
      expect(timeOf(10_000_000)).toBeLessThan(Math.max(3000, 500 * timeOf(200_000)));
    },
  );

  // With exponential time this would never end.
  it.each(['\ufeff', ' \ufeff', '<!---->'])('decides about a text that begins with many of %j', (piece) => {
    expect(looksLikeHtml(`${piece.repeat(280)}<x`)).toBe(false);
    expect(looksLikeHtml(`${piece.repeat(280)}<html>`)).toBe(true);
  });
});
