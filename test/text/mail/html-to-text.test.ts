import { describe, expect, it } from 'vitest';
import { htmlToText } from '../../../src/text/mail/html-to-text.ts';

const textOf = async (html: string) => (await htmlToText(html)).text;

describe('htmlToText', () => {
  it('keeps text, lists, links and the meaning of images, and omits styles and scripts', async () => {
    const html = `<html><head><style>p { color: red }</style></head><body>
      <p>Hello <b>Jane</b>,</p><ul><li>one</li><li>two</li></ul>
      <p>See <a href="https://example.com/order">your order</a>.<img src="https://t.example/p.gif" alt="x"></p>
      <script>alert(1)</script></body></html>`;
    const text = await textOf(html);
    expect(text).toContain('Hello Jane,');
    expect(text).toMatch(/\* one\n \* two/);
    expect(text).toContain('your order [https://example.com/order].[image: x]');
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
    const { text, unread } = await htmlToText(`<p>${'x'.repeat(350_000)}</p>`);
    expect(text).toBe('x'.repeat(200_000));
    expect(unread).toBe(150_000 + '</p>'.length);
    expect((await htmlToText('<p>x</p>')).unread).toBe(0);
  });

  it('counts text that is nested too deeply as unread', async () => {
    const { text, unread } = await htmlToText(`<p>seen</p>${'<div>'.repeat(5000)}deep`);
    expect({ text, unread }).toEqual({ text: 'seen', unread: 'deep'.length });
  });

  it('reads the text behind pictures inside the mail', async () => {
    const picture = `<img src="data:image/png;base64,${'A'.repeat(500_000)}">`;
    expect(await htmlToText(`<p>a</p>${picture}<p>b</p>`)).toEqual({ text: 'a\n\nb', unread: 0, hidden: 0 });
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

it.each([
  ['a heading as written', '<h1>Code: aB3xK9</h1><p>x</p>', 'Code: aB3xK9\n\nx'],
  ['raised digits', '$19<sup>99</sup>, 10<sup>3</sup>, x<sup>n</sup>', '$19^(99), 10^(3), x^(n)'],
  ['ordinals and signs', 'the 1<sup>st</sup> Foo<sup>®</sup> and H<sub>2</sub>O', 'the 1st Foo® and H2O'],
  ['crossed-out text', '<s>50</s> <del>45</del> <strike>42</strike> 40', '~~50~~ ~~45~~ ~~42~~ 40'],
  ['text crossed out by style', '<b style="text-decoration:line-through">50</b> 40', '~~50~~ 40'],
  ['nothing crossed out', '<del></del>40', '40'],
  [
    'a link in preformatted text',
    '<pre>see <a href="https://x.example/a">here</a> now</pre>',
    'see here [https://x.example/a] now',
  ],
  [
    'an address in preformatted text',
    '<pre>at <a href="https://x.example/a">https://x.example/a</a> now</pre>',
    'at https://x.example/a now',
  ],
  [
    'addresses that became links',
    '<a href="https://x.example/">x.example</a> <a href="mailto:A@x.example">a@x.example</a> <a href="tel:+4912">+49 12</a>',
    'x.example a@x.example +49 12',
  ],
  [
    'an address that lies',
    '<a href="https://evil.example">https://bank.example</a>',
    'https://bank.example [https://evil.example]',
  ],
  [
    'a line break in an address',
    '<a href="https://x.example/\n long\n/path">t</a>',
    't [https://x.example/%20long/path]',
  ],
  ['addresses that lead nowhere', '<a href="#top">a</a> <a href="javascript:x()">b</a>', 'a b'],
  [
    'elements shown as blocks',
    '<span style="display:block">Total</span><a href="https://x.example" style="display:block">Pay</a><b>5</b>',
    'Total\nPay [https://x.example]\n5',
  ],
  [
    'a picture in a link',
    '<a href="https://x.example/reset"><img alt="Reset\npassword" src="x"></a>',
    '[image: Reset password] [https://x.example/reset]',
  ],
  [
    'a picture in a cell',
    '<table><tr><td><a href="https://x.example/r"><img alt="Reset"></a></td></tr></table>',
    '[image: Reset] [https://x.example/r]',
  ],
  [
    'what fields and buttons say',
    '<input value="4521"> <input type="TEXT" placeholder="Name"> <input type=submit value=Reply><input type=image alt=Go>',
    '[4521] [Name] [Reply][image: Go]',
  ],
  [
    'no value that is a state or a secret',
    'a<input type=hidden value=b><input type=checkbox value=c><input type=password value=d>',
    'a',
  ],
  [
    'the parts of a picture',
    '<map><area href="https://x.example/a" alt="Shop"><area href="https://x.example/b"></map>',
    '[image: Shop] [https://x.example/a]',
  ],
  ['a field in a cell', '<table><tr><td>Order</td><td><input value="7"></td></tr></table>', 'Order | [7]'],
  ['a picture without a meaning', 'a<img src="t.gif" alt=" ">', 'a'],
])('shows %s', (_, html, text) => {
  expect(htmlToText(`<div>${html}</div>`).text).toBe(text);
});

it('cuts long addresses, unless whole ones are wanted', () => {
  const short = `https://x.example/${'a'.repeat(82)}`;
  expect(htmlToText(`<a href="${short}">t</a>`).text).toBe(`t [${short}]`);
  const long = `https://x.example/${'a'.repeat(83)}`;
  expect(htmlToText(`<a href="${long}">t</a>`).text).toBe(`t [${long.slice(0, 60)}…]`);
  expect(htmlToText(`<a href="${long}">t</a>`, { wholeAddresses: true }).text).toBe(`t [${long}]`);
});

it.each([
  ['<div>a</div><div><br></div><div>b</div>', 'a\n\nb'],
  ['<div>a</div><div><br></div><div><br></div><div>b</div>', 'a\n\nb'],
])('has one empty line where %s has some', (html, text) => {
  expect(htmlToText(html).text).toBe(text);
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

  it.each([
    ['lines of a cell', '<td>Tent</td><td>green<br>large</td><td>2</td>', 'Tent | green / large | 2'],
    ['paragraphs of a cell', '<td><p>a</p><p>b</p></td><td>c</td>', 'a / b | c'],
    ['a cell over two columns', '<td colspan="2">Sum</td><td>5</td>', 'Sum | | 5'],
    ['the column of a single value', '<td></td><td></td><td>5</td>', '| | 5'],
  ])('keeps %s', async (_, cells, line) => {
    const head = '<tr><th>A</th><th>B</th><th>C</th></tr>';
    expect(await textOf(`<table>${head}<tr>${cells}</tr></table>`)).toBe(`A | B | C\n${line}`);
  });

  it.each([
    [
      'one cell',
      '<td rowspan="2">May</td><td>1</td><td>x</td>',
      '<td>2</td><td>y</td>',
      'May | 1 | x\n| 2 | y',
    ],
    [
      'the last cell',
      '<td>a</td><td rowspan="2">b</td><td>c</td>',
      '<td>d</td><td>e</td>',
      'a | b | c\nd | | e',
    ],
    ['a wide cell', '<td rowspan="2" colspan="2">a</td><td>b</td>', '<td>c</td>', 'a | | b\n| | c'],
    [
      'a span that is none',
      '<td rowspan="-1">a</td><td rowspan="x">b</td>',
      '<td>c</td><td>d</td>',
      'a | b\nc | d',
    ],
  ])('keeps the columns below %s of several rows', async (_, first, second, text) => {
    const after = '<tr><td>1</td><td>2</td><td>3</td></tr>';
    expect(await textOf(`<table><tr>${first}</tr><tr>${second}</tr>${after}</table>`)).toBe(
      `${text}\n1 | 2 | 3`,
    );
  });

  it('used for layout becomes paragraphs', async () => {
    const html = `<table width="600"><tr><td><img src="logo.png"></td><td><h3>News</h3><p>Our shop moves.</p></td></tr>
      <tr><td width="20">&nbsp;</td><td>Just text</td></tr>
      <tr><td><table><tr><td>Order</td><td>4521</td></tr></table></td><td>Thanks,<br>Jo</td></tr></table>`;
    const lines = (await textOf(html)).split('\n').filter((line) => line !== '');
    expect(lines).toEqual(['News', 'Our shop moves.', 'Just text', 'Order | 4521', 'Thanks,', 'Jo']);
  });
});
