import { describe, expect, it } from 'vitest';
import { htmlToText, looksLikeHtml } from '../../../src/text/mail/html-to-text.ts';

const textOf = async (html: string) => (await htmlToText(html)).text;

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
  ])('detects prose in %j', (text) => {
    expect(looksLikeHtml(text)).toBe(false);
  });

  it('is fast for many unclosed tags', () => {
    const started = performance.now();
    expect(looksLikeHtml('<b '.repeat(300_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('htmlToText', () => {
  it('keeps text, lists and links, and omits images, styles and scripts', async () => {
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

  it('shows the address of a link once if it is also its text', async () => {
    expect(await textOf('<a href="https://example.com/">https://example.com/</a>')).toBe(
      'https://example.com/',
    );
  });

  it('puts the terms and descriptions of a definition list on lines of their own', async () => {
    expect(await textOf('<dl><dt>Item</dt><dd>Tent</dd><dt>Qty</dt><dd>2</dd></dl>')).toBe(
      'Item\nTent\nQty\n2',
    );
  });

  it('does not wrap lines', async () => {
    const line = 'word '.repeat(100).trim();
    expect(await textOf(`<p>${line}</p>`)).toBe(line);
  });

  it('decodes entities', async () => {
    expect(await textOf('<p>a &lt;b&gt; &amp; &#x263a;</p>')).toBe('a <b> & ☺');
  });

  it.each(['<div>', '<blockquote>', '<ul><li>', '<table><tr><td>', '<a href="x">'])(
    'handles thousands of nested %s',
    async (tag) => {
      expect(await textOf(`<p>before</p>${tag.repeat(8000)}deep</div>`)).toContain('before');
    },
  );

  it('counts the unread characters of a very long mail', async () => {
    const html = `<p>${'x'.repeat(250_000)}</p>`;
    const { text, unread } = await htmlToText(html);
    expect(text).toMatch(/^x+$/);
    expect(unread).toBe(html.length - 200_000);
    expect((await htmlToText('<p>x</p>')).unread).toBe(0);
  });

  it('keeps text outside of the body', async () => {
    expect(await textOf('<html><head><title>T</title></head><body>in</body></html><p>after</p>')).toBe(
      'in\n\nafter',
    );
  });

  it('keeps text after a tag named like the internal wrapper', async () => {
    expect(await textOf('<p>a</p></whole-mail-body><p>b</p><whole-mail-body>c')).toContain('b');
    expect(await textOf('<p>a</p></whole-mail-whole-mail-bodybody><p>b</p>')).toContain('b');
  });
});

describe('a table', () => {
  it('becomes one line per row with separated cells', async () => {
    expect(
      await textOf('<table><tr><th>Item</th><th>Qty</th></tr><tr><td>Tent</td><td>2</td></tr></table>'),
    ).toBe('Item | Qty\nTent | 2');
  });

  it('is recognized without outer tags, with sections, and in the markup of office programs', async () => {
    expect(await textOf('<tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr>')).toBe('a | b\nc | d');
    expect(
      await textOf(
        `<table><thead><tr><th>a</th>\n<th>b</th></tr></thead>
         <tbody><tr><td><p class="MsoNormal"><b>c</b> <i>x</i></p></td> <td><div><p>d</p></div></td></tr></tbody></table>`,
      ),
    ).toBe('a | b\nc x | d');
  });

  it('keeps empty cells between others', async () => {
    expect(await textOf('<table><tr><td></td><td>Mon</td><td> </td><td>Wed</td><td></td></tr></table>')).toBe(
      '| Mon | | Wed',
    );
  });

  it('used for layout becomes paragraphs', async () => {
    const html = `<table width="600"><tr><td><img src="logo.png"></td><td><h3>News</h3><p>Our shop moves.</p></td></tr>
      <tr><td width="20">&nbsp;</td><td>Just text</td></tr>
      <tr><td><table><tr><td>Order</td><td>4521</td></tr></table></td><td>Thanks,<br>Jo</td></tr></table>`;
    const lines = (await textOf(html)).split('\n').filter((line) => line !== '');
    expect(lines).toEqual(['NEWS', 'Our shop moves.', 'Just text', 'Order | 4521', 'Thanks,', 'Jo']);
  });
});

describe('hidden text', () => {
  it.each([
    '<div style="display:none">secret</div>',
    '<div style="DISPLAY : none !important; display:block">secret</div>',
    '<p style="/* x */display:/**/none">secret</p>',
    '<span style="visibility:hidden">secret</span>',
    '<span style="opacity:0">secret</span>',
    '<span style="opacity: 0.0">secret</span>',
    '<span style="font-size:0">secret</span>',
    '<span style="font-size:1px">secret</span>',
    '<span style="font: 0/0 a">secret</span>',
    '<div style="max-height:0px;overflow:hidden">secret</div>',
    '<div style="height:0;overflow:hidden">secret</div>',
    '<span style="color:transparent">secret</span>',
    '<div style="position:absolute;left:-9999px">secret</div>',
    '<div style="text-indent:-9999px">secret</div>',
    '<div hidden>secret</div>',
    '<div hidden=""><b>sec</b>ret</div>',
    '<ul><li hidden>secret</li></ul>',
    '<ul style="display:none"><li>secret</li></ul>',
    '<table><tr><td style="display:none">secret</td></tr></table>',
    '<table><tr style="display:none"><td>secret</td></tr></table>',
    '<div style="display:none"><a href="https://secret.example">secret</a></div>',
    '<a href="https://secret.example" style="font-size:0">secret</a>',
    '<div style="font-size:0"><span style="font-size:2em">secret</span></div>',
    '<style>.pre{display:none}</style><div class="a pre">secret</div>',
    '<style>/* { */ p.x, #y { color:red; font-size:0 } @media print { #y { font-size:20px } }</style><p id="y">secret</p>',
  ])('is omitted: %s', async (html) => {
    const { text, hidden } = await htmlToText(`<p>before</p>${html}<p>after</p>`);
    expect(text.replace(/\s+/g, ' ')).toBe('before after');
    expect(hidden).toBe('secret'.length);
  });

  it.each([
    '<div style="font-size:0;text-align:center"><div style="font-size:13px">seen</div></div>',
    '<div style="visibility:hidden"><p style="visibility:visible">seen</p></div>',
    '<div style="color:transparent"><p style="color:#000">seen</p></div>',
    '<div style="display:none;display:block">seen</div>',
    '<div hidden style="display:block">seen</div>',
    '<div style="opacity:0.5;font-size:14px;max-height:none;height:0;line-height:0">seen</div>',
    '<div style="left:-9999px;font:400 14px/1.5 Arial">seen</div>',
    '<style>@media (max-width:600px){.m{display:none} .n{display:none}} td.m{display:none}</style><p class="m n">seen</p>',
    '<style>.m{display:none}</style><p class="m" style="display:block">seen</p>',
  ])('is not detected in: %s', async (html) => {
    expect(await htmlToText(html)).toMatchObject({ text: 'seen', hidden: 0 });
  });

  it('is counted without the padding of a preview line', async () => {
    const { text, hidden } = await htmlToText(
      `<div style="display:none">Sale  today${'&zwnj;&nbsp;'.repeat(100)}</div><p>Hi</p>`,
    );
    expect({ text, hidden }).toEqual({ text: 'Hi', hidden: 'Sale today'.length });
  });

  it('is found fast in any markup', async () => {
    const started = performance.now();
    for (const flood of ['/*', '{', '}', 'a{', ':', ';', '.a,']) {
      await htmlToText(`<style>${flood.repeat(60_000)}</style><p style="${flood.repeat(20_000)}">x</p>`);
    }
    await htmlToText('<tr><td>'.repeat(20_000));
    await htmlToText(`<p style="display:none">${'<b class="x y z">'.repeat(10_000)}x`);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
