// Makes the pictures of the card for the documentation, light and dark. It needs the built program and Chromium
// (/usr/bin/chromium, or TEST_CHROMIUM).
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { chromium } from 'playwright-core';

const folder = mkdtempSync(join(tmpdir(), 'opencx-picture-'));
const extensions = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } };
const assistant = new Client({ name: 'Assistant', version: '1.0.0' }, { capabilities: { extensions } });
await assistant.connect(
  new StdioClientTransport({
    command: process.execPath,
    args: ['dist/main.cjs', '--sandbox', ':memory:'],
    env: { ...getDefaultEnvironment(), OPENCX_STATE_DIR: folder, OPENCX_SANDBOX_AUTOPILOT_MS: 'off' },
  }),
);
const call = (name, args) => assistant.callTool({ name, arguments: args });
const found = await call('search_sessions', { query: 'Amelia Hart' });
const result = await call('show_session', { session_id: found.structuredContent.sessions[0].id });
const { contents } = await assistant.readResource({ uri: 'ui://opencx-sessions/session.html' });

/** What a host does, and no more. */
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

const browser = await chromium.launch({
  executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({
  viewport: { width: 760, height: 900 },
  locale: 'en-GB',
  timezoneId: 'UTC',
});
await page.setContent(`<!doctype html><style>
  :root { color-scheme: light dark }
  body { margin: 0; padding: 16px; width: fit-content; background: light-dark(#f3f4f7, #0e1016) }
  iframe { display: block; width: 660px; border: 1px solid light-dark(#dfe2e8, #333947); border-radius: 12px }
</style>`);
await page.evaluate(show, { html: contents[0].text, result });
const card = page.frameLocator('iframe');
await card.getByRole('button', { name: 'Refresh' }).waitFor();
mkdirSync('docs/images', { recursive: true });
for (const colorScheme of ['light', 'dark']) {
  await page.emulateMedia({ colorScheme });
  await page.locator('body').screenshot({ path: `docs/images/card-${colorScheme}.png` });
}

await browser.close();
await assistant.close();
rmSync(folder, { recursive: true });
