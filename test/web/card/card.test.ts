import type { Frame } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { hostile, mark } from '../../support/text/hostile.ts';
import { findings } from '../../support/web/axe.ts';
import { browserForAll, describeInBrowser } from '../../support/web/browser.ts';
import { desk, openCard, openSilently, passTime } from '../../support/web/card.ts';

/** What the card may be made of: it has no links, pictures or fields. */
const foreignElements = `[...document.body.querySelectorAll('*')].filter((one) =>
  !['DIV', 'MAIN', 'H1', 'H2', 'BDI', 'SPAN', 'UL', 'OL', 'LI', 'P', 'DETAILS', 'SUMMARY', 'DL', 'DT', 'DD', 'TIME', 'BUTTON'].includes(one.tagName)
  && one.parentElement !== document.body
  || [...one.attributes].some(({ name }) => name.startsWith('on') || ['style', 'src', 'href'].includes(name))).map((one) => one.outerHTML.slice(0, 200))`;

const heading = (card: Frame) => card.getByRole('heading', { level: 1 });

describeInBrowser('the card', () => {
  const browser = browserForAll();
  const server = desk();

  const write = (id: string, sender: 'contact' | 'agent', text: string) =>
    server.api.sendMessage(id, { sender, message: { type: 'text', text } });

  /** A session with seven messages, of a customer who waits. */
  async function newSession() {
    const { id } = await server.api.createSession({
      channel: { type: 'email' },
      verified: true,
      contact: { name: 'Amelia Hart', email: 'amelia@example.com', phone_number: '+44 20 7946 0000' },
    });
    for (let n = 1; n <= 6; n += 1) await write(id, n % 2 ? 'contact' : 'agent', `Message ${n}`);
    await write(id, 'contact', 'Is anybody there?');
    return id;
  }

  let first: Promise<string> | undefined;
  /** One for all tests that change nothing in it. */
  const session = () => {
    first ??= newSession();
    return first;
  };

  async function shown(options: Parameters<typeof openCard>[2] = {}, id?: string) {
    const session_id = id ?? (await session());
    const host = await openCard(browser(), server, options);
    await host.input({ session_id });
    await host.result(await server.call('show_session', { session_id }));
    await heading(host.card).getByText('Amelia Hart').waitFor();
    return { id: session_id, ...host };
  }

  it('is one document of at most 40 KB, without handlers or addresses in it', () => {
    expect(Buffer.byteLength(server.html)).toBeLessThanOrEqual(40_000);
    expect(server.html).not.toMatch(/<[^>]+ on\w+=|<(?:link|img|iframe)\b|<script src|send_message/);
    expect(server.html).toMatch(/script-src 'sha256-[^;]+; style-src 'sha256-[^;]+;/);
  });

  it.each([
    ['with the text of a result alone', ({ content }: { content?: unknown }) => ({ content }), 1],
    [
      'with a whole result, and foreign metadata',
      (result: object) => ({
        ...result,
        _meta: { 'other/view': { id: 1 }, ui: { resourceUri: 'ui://other' } },
      }),
      0,
    ],
    [
      'with data of something else',
      ({ content }: { content?: unknown }) => ({
        content,
        structuredContent: { id: 1, messages: [null, { text: {} }] },
      }),
      1,
    ],
  ])('draws the session %s', async (_, change, asked) => {
    const id = await session();
    const { card, calls, input, result, reports, foreignRequests } = await openCard(browser(), server);
    await input({ session_id: id });
    await result(change(await server.call('show_session', { session_id: id })));
    await heading(card).getByText('Amelia Hart').waitFor();
    const text = await card.locator('main').innerText();
    expect(text).toMatch(
      /verified\s+waits[\s\S]*amelia@example\.com[\s\S]*#\d+[\s\S]*Email[\s\S]*Open[\s\S]*With the AI/,
    );
    expect(text).toMatch(/Show 3 earlier messages[\s\S]*Customer\s+Amelia Hart[\s\S]*Is anybody there\?/);
    expect(calls.map(({ name, arguments: args }) => [name, args?.['session_id']])).toEqual(
      Array(asked).fill(['view_session', id]),
    );
    expect(reports).toEqual([]);
    expect(foreignRequests).toEqual([]);
  });

  it('reads the session itself if the host tells only what was asked for', async () => {
    const id = await session();
    const { card, calls, input } = await openCard(browser(), server, { holdTime: true });
    await card.getByText('Waiting for the session').waitFor();
    await input({ session_id: id });
    expect(calls).toEqual([]);
    await passTime(card, 5_000);
    await heading(card).getByText('Amelia Hart').waitFor();
    expect(calls).toHaveLength(1);
  });

  it('offers nothing that the host cannot do, and shows the answer as text if it gets nothing else', async () => {
    const id = await session();
    const { card, result, input } = await openCard(browser(), server, { capabilities: {} });
    await input({ session_id: id });
    const answer = await server.call('show_session', { session_id: id });
    await result({ content: answer.content });
    await card.getByText('passed the session on as text only').waitFor();
    expect(await card.locator('.words').innerText()).toContain('|   Is anybody there?');
    expect(await card.getByRole('button').count()).toBe(0);
    await result(answer);
    await heading(card).getByText('Amelia Hart').waitFor();
    expect(await card.getByRole('button').allInnerTexts()).toEqual(['Show 3 earlier messages']);
  });

  it('says that a call was cancelled or failed, and tries again', async () => {
    const id = await session();
    const { card, page, result, input, calls } = await openCard(browser(), server);
    await input({ session_id: id });
    await page.evaluate("bridge.sendToolCancelled({ reason: 'user action' })");
    await card.getByRole('alert').getByText('The call was cancelled.').waitFor();
    await result({
      isError: true,
      content: [{ type: 'text', text: 'Rate limited: call again in 5 seconds.' }],
    });
    await card.getByText('Rate limited').waitFor();
    expect(await card.getByRole('alert').innerText()).toBe('The session could not be shown.');
    await card.getByRole('button', { name: 'Try again' }).click();
    await heading(card).getByText('Amelia Hart').waitFor();
    expect(calls).toHaveLength(1);
  });

  it('keeps what it shows if reading again fails', async () => {
    let fails = true;
    const onCall = async (name: string, args: Record<string, unknown>) => {
      if (fails) throw new Error('offline');
      return server.call(name, args);
    };
    const { id, card } = await shown({ onCall }, await newSession());
    const refresh = card.getByRole('button', { name: 'Refresh' });
    await refresh.click();
    await card.getByText('could not be read. This is the earlier state.').waitFor();
    await card.getByText('Is anybody there?').waitFor();
    fails = false;
    await write(id, 'agent', 'Yes, we are.');
    await refresh.click();
    await card.getByText('Yes, we are.').waitFor();
    await card.getByRole('status').getByText('Up to date.').waitFor();
    expect(await card.locator('.waits').count()).toBe(0);
    expect(await refresh.evaluate('document.activeElement.textContent')).toBe('Refresh');
  });

  it('asks the host for a draft, in words of its own, and shows that it waits for a person', async () => {
    const { id, card, messages, calls } = await shown({}, await newSession());
    await card.getByRole('button', { name: 'Draft a reply' }).click();
    await card.getByRole('status').getByText('Asked the assistant for a draft.').waitFor();
    expect(messages).toEqual([
      expect.stringMatching(
        new RegExp(`^Draft a reply for session ${id} \\(ticket #\\d+\\)\\. Show it to me, and send nothing`),
      ),
    ]);
    expect(calls).toEqual([]);
    await server.call('send_message', { session_id: id, sender: 'agent', text: 'Yes. How can we help?' });
    await card.getByRole('button', { name: 'Refresh' }).click();
    await card.getByText('Draft 1').waitFor();
    const draft = card.getByRole('listitem').filter({ hasText: 'Draft 1' });
    expect(await draft.innerText()).toMatch(/^Draft 1\s+waits for approval\s+Yes\. How can we help\?$/);
  });

  it('says what people decided about drafts, and why', async () => {
    const session_id = await session();
    const { card, input, result } = await openCard(browser(), server);
    await input({ session_id });
    const answer = await server.call('show_session', { session_id });
    const drafts = [
      { number: 3, state: 'rejected', text: 'Wait.', reason: `Too blunt. ${mark}` },
      { number: 2, state: 'sent', text: 'Soon.', final_text: 'On Friday.' },
      { number: 1, state: 'waiting', text: 'Hello.', problem: 'The API refused it.' },
    ];
    await result({ ...answer, structuredContent: { ...answer.structuredContent, drafts } });
    await card.getByText('Draft 1').waitFor();
    const texts = await card.locator('.drafts li').allInnerTexts();
    expect(texts.map((text) => text.replace(/\s+/g, ' '))).toEqual([
      `Draft 3 rejected Wait. Reason: Too blunt. ${mark}`,
      'Draft 2 sent edited On Friday.',
      'Draft 1 waits for approval Hello. Approved, but not sent: The API refused it.',
    ]);
  });

  it('is as high as what it shows, and lets its host take it away', async () => {
    const { card, page } = await shown();
    const heightOf = (what: 'frame' | 'content') =>
      what === 'frame'
        ? page.evaluate<number>("document.querySelector('iframe').clientHeight")
        : card.evaluate<number>('Math.ceil(document.documentElement.getBoundingClientRect().height)');
    const fits = () =>
      expect.poll(async () => (await heightOf('frame')) - (await heightOf('content'))).toBe(0);
    await fits();
    const before = await heightOf('frame');
    await card.getByRole('button', { name: 'Show 3 earlier messages' }).click();
    await card.getByText('Message 1').waitFor();
    await expect.poll(() => heightOf('frame')).toBeGreaterThan(before + 50);
    await fits();
    expect(await page.evaluate('bridge.teardownResource({})')).toEqual({});
  });

  it('looks as its host does, in the language and time zone of the person', async () => {
    const { card, page } = await shown({
      context: {
        theme: 'dark',
        locale: 'de-DE',
        timeZone: 'Asia/Tokyo',
        styles: {
          variables: {
            '--color-background-primary': 'rgb(1, 2, 3)',
            '--color-text-primary': 'URL(https://evil.example)',
            '--color-background-secondary': String.raw`u\72l(https://evil.example)`,
          },
        },
      },
    });
    const background = () => card.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await background()).toBe('rgb(1, 2, 3)');
    expect(await card.evaluate('getComputedStyle(document.body).color')).toBe('rgb(231, 233, 239)');
    const at = await card.locator('time').last().getAttribute('datetime');
    const japan = {
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: 'Asia/Tokyo',
    } as const;
    expect(await card.locator('time').last().innerText()).toBe(
      new Intl.DateTimeFormat('de-DE', japan).format(new Date(at ?? '')),
    );
    await page.evaluate("bridge.setHostContext({ theme: 'light' })");
    await expect.poll(() => card.evaluate('document.documentElement.style.colorScheme')).toBe('light');
  });

  it('listens to its host only', async () => {
    const { card, page } = await shown();
    const forged = { jsonrpc: '2.0', method: 'ui/notifications/tool-cancelled', params: {} };
    const result = {
      ...forged,
      method: 'ui/notifications/tool-result',
      params: { isError: true, content: [] },
    };
    await page.evaluate(`new Promise((resolve) => {
      const other = document.createElement('iframe');
      other.srcdoc = '<!doctype html><script>' + ${JSON.stringify(
        `parent.frames[0].postMessage(${JSON.stringify(result)}, '*'); parent.postMessage('done', '*');`,
      )} + '</' + 'script>';
      addEventListener('message', ({ data }) => data === 'done' && resolve());
      document.body.append(other);
    })`);
    // What comes after it was received after it.
    await page.evaluate("bridge.setHostContext({ theme: 'dark' })");
    await expect.poll(() => card.evaluate('document.documentElement.style.colorScheme')).toBe('dark');
    expect(await card.getByRole('alert').count()).toBe(0);
  });

  it('says so if the host does not answer, and goes on if it does later', async () => {
    const { page, card } = await openSilently(browser(), server);
    const problem = card.getByRole('alert');
    await passTime(card, 10_000);
    await problem.getByText('The app around this card does not answer.').waitFor();
    const id = await page.evaluate("heard.find(({ method }) => method === 'ui/initialize').id");
    const say = (message: object) => page.evaluate(`say(${JSON.stringify({ jsonrpc: '2.0', ...message })})`);
    await say({ id, result: { hostCapabilities: {}, hostContext: {} } });
    await passTime(card, 60_000);
    await problem.getByText('passed no session on').waitFor();
    const session_id = await session();
    await say({
      method: 'ui/notifications/tool-result',
      params: await server.call('show_session', { session_id }),
    });
    await heading(card).getByText('Amelia Hart').waitFor();
  });

  it('shows what a hostile customer writes as text: it becomes no element, no request and no style', async () => {
    const short = hostile.filter((text) => text.length < 900);
    const some = (n: number) => short[(n * 7) % short.length] ?? '';
    const { id } = await server.api.createSession({
      channel: { type: 'web' },
      contact: { name: some(1), phone_number: '+1', custom_data: { [some(2)]: some(3) } },
    });
    const { card, result, reports, foreignRequests } = await openCard(browser(), server);
    let marks = 0;
    for (let n = 0; n < short.length; n += 50) {
      for (const text of short.slice(n, n + 50)) {
        const attachments = [
          { name: text.slice(0, 100), url: 'https://evil.example/x', mime_type: 'text/html' },
        ];
        await server.api.sendMessage(id, { sender: 'contact', message: { type: 'text', text, attachments } });
      }
      await result(await server.call('show_session', { session_id: id, history_limit: 50 }));
      await heading(card).waitFor();
      const earlier = card.getByRole('button', { name: /^Show \d+ earlier/ });
      if ((await earlier.count()) > 0) await earlier.click();
      await card.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      expect(await card.evaluate(foreignElements)).toEqual([]);
      expect(await card.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      marks += (await card.locator('.words').allInnerTexts()).filter((text) => text.includes(mark)).length;
    }
    expect(marks).toBeGreaterThan(60);
    expect(reports).toEqual([]);
    expect(foreignRequests).toEqual([]);
  });

  it('could not run foreign code even if it made a mistake', async () => {
    const { card, page, reports } = await shown({ ownPage: true });
    const answered: string[] = [];
    page.on('response', (response) => answered.push(response.url()));
    const attempts = [
      "document.body.innerHTML = '<b>x</b>'",
      "document.body.appendChild(document.createElement('script')).text = 'self.ran = 1'",
      "document.body.appendChild(document.createElement('img')).src = 'https://evil.example/x'",
      "document.body.setAttribute('style', 'color: red')",
      "fetch('https://evil.example/y').catch(() => {})",
    ];
    for (const attempt of attempts) await card.evaluate(`(() => { try { ${attempt} } catch {} })()`);
    await expect.poll(() => reports.length).toBeGreaterThanOrEqual(attempts.length);
    expect(await card.evaluate('self.ran')).toBeUndefined();
    expect(answered).toEqual([]);
    for (const url of ['https://evil.example/x', 'https://evil.example/y'])
      expect(reports.join('\n')).toContain(url);
  });

  it('has no barrier in any state, in both themes, at 320 and 720 pixels', { timeout: 60_000 }, async () => {
    const host = await shown();
    const { card, page } = host;
    const usual = page.viewportSize();
    onTestFinished(() => page.setViewportSize(usual ?? { width: 720, height: 900 }));
    const check = async (state: string) => {
      for (const [theme, width] of [
        ['light', 320],
        ['dark', 720],
      ] as const) {
        await page.setViewportSize({ width, height: 900 });
        await page.evaluate(`bridge.setHostContext(${JSON.stringify({ theme })})`);
        await expect.poll(() => card.evaluate('document.documentElement.style.colorScheme')).toBe(theme);
        const only = theme === 'dark' ? 'colours and sizes' : undefined;
        expect(await findings(card, { only }), `${state}, ${theme}, ${width} px`).toEqual([]);
        expect(await card.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      }
    };
    await card.getByText('About this session').click();
    await card.getByRole('button', { name: /earlier/ }).click();
    await check('a session');
    const { id } = await server.api.createSession({ contact: { name: 'x'.repeat(150) } });
    const long = `${'Donaudampfschifffahrt'.repeat(20)} مرحبا 👩🏽‍🚀`;
    const attachments = [{ name: `${'n'.repeat(200)}.txt`, base64: 'aGVsbG8=', mime_type: 'text/plain' }];
    await server.api.sendMessage(id, {
      sender: 'contact',
      message: { type: 'text', text: long, attachments },
    });
    await server.call('send_message', { session_id: id, sender: 'agent', text: long });
    const answer = await server.call('show_session', { session_id: id });
    await host.result(answer);
    await card.getByText('claimed').first().waitFor();
    await check('long texts');
    await host.result({ isError: true, content: [{ type: 'text', text: long }] });
    await card.getByRole('alert').waitFor();
    await check('a problem');
  });
});
