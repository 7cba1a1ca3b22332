// Makes the pictures of the documentation, light and dark, from the demo data: the inbox page beside what an assistant reads, a
// draft that waits for a person, and the card. It needs the built program and Chromium (/usr/bin/chromium, or TEST_CHROMIUM).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { chromium } from 'playwright-core';

const program = 'dist/main.cjs';
const folder = mkdtempSync(join(tmpdir(), 'opencx-pictures-'));
const env = { ...getDefaultEnvironment(), OPENCX_STATE_DIR: folder, OPENCX_SANDBOX_AUTOPILOT_MS: 'off' };
const colours = `
  :root { color-scheme: light dark }
  body { margin: 0; font: 14px/1.45 system-ui, sans-serif; color: light-dark(#14161c, #e6e8ee);
    background: light-dark(#f3f4f7, #0e1016) }`;

const sandbox = spawn(
  process.execPath,
  [program, 'sandbox', '--json', '--port', '0', '--database', join(folder, 'sandbox.db')],
  { env, stdio: ['ignore', 'pipe', 'inherit'] },
);
const [line] = await once(sandbox.stdout, 'data');
const { url, key, inbox } = JSON.parse(line);

const extensions = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } };
const assistant = new Client({ name: 'Assistant', version: '1.0.0' }, { capabilities: { extensions } });
await assistant.connect(
  new StdioClientTransport({
    command: process.execPath,
    args: [program, '--confirm-sends=outbox'],
    env: { ...env, OPENCX_API_URL: url, OPENCX_API_KEY: key },
  }),
);
const call = (name, args) => assistant.callTool({ name, arguments: args });

const browser = await chromium.launch({
  executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const open = (width, height) =>
  browser.newPage({ viewport: { width, height }, locale: 'en-GB', timezoneId: 'UTC' });

/** In WebP, which makes these pictures a third of PNG. */
async function shoot(page, selector = 'body') {
  const { x, y, width, height } = await page.locator(selector).boundingBox();
  const devtools = await page.context().newCDPSession(page);
  const clip = { x, y, width, height, scale: 1 };
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 47, clip });
  return data;
}

/** @param take gives a picture of the page in its colours. */
async function inBothColours(page, name, take = () => shoot(page)) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    writeFileSync(`docs/images/${name}-${colorScheme}.webp`, Buffer.from(await take(colorScheme), 'base64'));
  }
}

const page = await open(1200, 704);
await page.goto(inbox);
const record = page.locator('.record');
const scrollTo = (position) => record.evaluate((element, at) => element.scrollTo(0, at), position);

/** The page with Amelia's session, and beside it what a model reads of it. */
async function inboxBesideAnswer(session) {
  await page.setViewportSize({ width: 780, height: 600 });
  const row = page.locator('a.row', { hasText: 'Amelia Hart' });
  await row.click();
  await page.getByText('whom I should complain to').last().waitFor();
  await scrollTo(1e6);
  await row.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  const args = { session_id: '#4553', limit: 2 };
  const [{ text }] = (await call('get_session_history', args)).content;
  const both = await open(1200, 600);
  await both.setContent(`<!doctype html><style>${colours}
    body { display: flex; width: 1200px; height: 600px }
    aside { flex: 1; overflow: hidden; padding: 18px; border-left: 1px solid light-dark(#dfe2e8, #333947);
      background: light-dark(#fff, #14161c) }
    h1 { margin: 0 0 14px; font-size: 15px }
    .person { margin: 0 0 14px 32px; padding: 9px 13px; border-radius: 14px; background: light-dark(#ecebfc, #2b2a4d) }
    .call { margin: 0 0 6px; font: 600 13px ui-monospace, monospace; color: light-dark(#4338ca, #a5b4fc) }
    pre { margin: 0; font: 12.5px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
  </style><img><aside><h1>Assistant</h1><p class="person"></p><p class="call"></p><pre></pre></aside>`);
  await both.evaluate(
    (texts) => {
      for (const [selector, text] of Object.entries(texts))
        document.querySelector(selector).textContent = text;
    },
    {
      '.person': 'What did Amelia Hart write last?',
      '.call': `get_session_history ${JSON.stringify(args)}`,
      pre: text,
    },
  );
  await inBothColours(both, 'inbox', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const source = `data:image/png;base64,${(await page.screenshot()).toString('base64')}`;
    await both.locator('img').evaluate((image, src) => {
      image.src = src;
      return image.decode();
    }, source);
    return shoot(both);
  });
  await call('send_message', {
    session_id: session.id,
    sender: 'agent',
    agent: { name: 'Nora' },
    text: 'Dear Amelia, the £189.00 are on their way to your card. Your bank shows them by Friday. I am sorry that it took this long.',
  });
}

/** A draft of the assistant that waits for a person. */
async function outbox() {
  await page.setViewportSize({ width: 1200, height: 704 });
  await page.locator('a.approval').click();
  await page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
  await scrollTo(1e6);
  await inBothColours(page, 'outbox');
}

/** The card in a host that does what a host has to, and no more. */
async function card(session) {
  const result = await call('show_session', { session_id: session.id });
  const { contents } = await assistant.readResource({ uri: 'ui://opencx-sessions/session.html' });
  const host = await open(760, 900);
  await host.setContent(`<!doctype html><style>${colours}
    body { padding: 16px; width: fit-content }
    iframe { display: block; width: 660px; border: 1px solid light-dark(#dfe2e8, #333947); border-radius: 12px }
  </style>`);
  await host.evaluate(show, { html: contents[0].text, result });
  await host.frameLocator('iframe').getByRole('button', { name: 'Refresh' }).waitFor();
  await inBothColours(host, 'card');
}

function show({ html, result }) {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.srcdoc = html;
  const post = (message) => frame.contentWindow.postMessage({ jsonrpc: '2.0', ...message }, '*');
  addEventListener('message', ({ data: { method, id, params } }) => {
    const hostCapabilities = { serverTools: {}, message: { text: {} } };
    if (method === 'ui/initialize') post({ id, result: { hostCapabilities, hostContext: {} } });
    if (method === 'ui/notifications/initialized')
      post({ method: 'ui/notifications/tool-result', params: result });
    if (method === 'ui/notifications/size-changed') frame.style.height = `${params.height}px`;
  });
  document.body.append(frame);
}

mkdirSync('docs/images', { recursive: true });
const found = await call('search_sessions', { query: 'Amelia Hart' });
const [session] = found.structuredContent.sessions;
await card(session);
await inboxBesideAnswer(session);
await outbox();

await browser.close();
await assistant.close();
sandbox.kill('SIGTERM');
await once(sandbox, 'exit');
rmSync(folder, { recursive: true });
