// Makes the pictures of the documentation: the inbox page with a draft of an assistant, light and dark. It needs the built
// program and Chromium (/usr/bin/chromium, or TEST_CHROMIUM).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { chromium } from 'playwright-core';

const program = 'dist/main.cjs';
const folder = mkdtempSync(join(tmpdir(), 'opencx-pictures-'));
const env = { ...getDefaultEnvironment(), OPENCX_STATE_DIR: folder, OPENCX_SANDBOX_AUTOPILOT_MS: 'off' };

const sandbox = spawn(
  process.execPath,
  [program, 'sandbox', '--json', '--port', '0', '--database', join(folder, 'sandbox.db')],
  { env, stdio: ['ignore', 'pipe', 'inherit'] },
);
const [line] = await once(sandbox.stdout, 'data');
const { url, key, inbox } = JSON.parse(line);

const assistant = new Client({ name: 'Assistant', version: '1.0.0' });
await assistant.connect(
  new StdioClientTransport({
    command: process.execPath,
    args: [program, '--confirm-sends=outbox'],
    env: { ...env, OPENCX_API_URL: url, OPENCX_API_KEY: key },
  }),
);
const call = async (name, args) => (await assistant.callTool({ name, arguments: args })).structuredContent;
const { sessions } = await call('search_sessions', { query: 'Amelia Hart' });
const { id: session_id } = sessions[0];
await call('get_session', { session_id, history_limit: 10 });
await call('send_message', {
  session_id,
  sender: 'agent',
  agent: { name: 'Nora' },
  text: 'Dear Amelia, the £189.00 are on their way to your card. Your bank shows them by Friday. I am sorry that it took this long.',
});

const browser = await chromium.launch({
  executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1200, height: 704 }, locale: 'en-GB' });
await page.goto(inbox);
await page.locator('a.row.waits').nth(5).waitFor();
await page.locator('a.approval').click();
await page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
await page.locator('.record').evaluate((record) => record.scrollTo(0, record.scrollHeight));
mkdirSync('docs/images', { recursive: true });
for (const colorScheme of ['light', 'dark']) {
  await page.emulateMedia({ colorScheme });
  await page.screenshot({ path: `docs/images/inbox-${colorScheme}.png` });
}

await browser.close();
await assistant.close();
sandbox.kill('SIGTERM');
await once(sandbox, 'exit');
rmSync(folder, { recursive: true });
