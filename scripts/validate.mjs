// npm run validate: calls every operation through Prism, a proxy that validates requests and responses against
// /openapi.json, on SQLite and PostgreSQL. Exits with 1 on a violation. Prism is too large for a dependency, so npx runs it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../dist/client.js';
import { openDatabases } from './bench/fixtures/databases.mjs';
import { startSandbox } from './bench/fixtures/sandbox.mjs';

const prism = '@stoplight/prism-cli@5';

const databases = await openDatabases('validate');
const running = [];
try {
  for (const engine of databases.engines) {
    const sandbox = await startSandbox(await databases.create(engine));
    running.push(sandbox);
    const proxy = await startProxy(sandbox.url);
    running.push(proxy);
    const count = await callEveryOperation(proxy.url, sandbox);
    const { violations } = proxy;
    process.stdout.write(`${engine}: ${count} requests, ${violations.length} violations\n`);
    for (const violation of violations) process.stdout.write(`  ${violation}\n`);
    if (violations.length > 0) process.exitCode = 1;
  }
} finally {
  for (const { stop } of running) stop();
  await databases.close();
}

/** Starts Prism as a proxy for a URL. @returns the proxy's URL and the violations found so far. */
async function startProxy(upstream) {
  const folder = mkdtempSync(join(tmpdir(), 'opencx-validate-'));
  const document = join(folder, 'openapi.json');
  writeFileSync(document, await (await fetch(`${upstream}/openapi.json`)).text());
  const port = await freePort();
  const args = [
    '--yes',
    '-p',
    prism,
    'prism',
    'proxy',
    document,
    upstream,
    '--errors',
    '--port',
    String(port),
  ];
  // A process group, because npx does not forward signals.
  const child = spawn('npx', args, {
    detached: true,
    env: { ...process.env, npm_config_ignore_scripts: 'true' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const violations = [];
  let unread = '';
  await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`Prism exited with ${code}: ${unread}`)));
    child.stdout.on('data', (chunk) => {
      unread += chunk;
      const lines = unread.split('\n');
      unread = lines.pop();
      if (lines.some((line) => line.includes('Prism is listening'))) resolve();
      violations.push(...lines.filter((line) => /violation/i.test(line)));
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    violations,
    stop() {
      process.kill(-child.pid);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Reads all data and calls every operation. @returns the number of requests. */
async function callEveryOperation(url, { key }) {
  const client = createClient({ apiKey: key, baseUrl: url, requestsPerMinute: 0 });
  let count = 0;
  const call = (promise) => {
    count += 1;
    return promise;
  };
  /** Expects a documented error. */
  const expectError = async (kind, promise) => {
    const error = await call(promise).then(
      (answer) => answer?.error,
      (thrown) => thrown,
    );
    if (error?.kind !== kind) throw new Error(`Expected ${kind}, got ${error}`);
  };

  const ids = [];
  for await (const { items } of client.sessionPages()) {
    count += 1;
    ids.push(...items.map(({ id }) => id));
  }
  const channels = [undefined, 'web', 'email', 'phone_voice', 'slack', 'sms', 'whatsapp', 'api', 'web_voice'];
  for (const channel_type of channels) {
    for (const status of [undefined, 'open', 'closed_resolved', 'closed_unresolved']) {
      for (const handed_off of [undefined, true, false]) {
        await call(client.listSessions({ channel_type, status, handed_off }));
      }
    }
  }
  for (const bound of ['created_after', 'created_before', 'updated_after', 'updated_before']) {
    await call(client.listSessions({ [bound]: new Date().toISOString() }));
  }
  for (const q of ['refund', 'amelia', '+44 20', 'ord_10482', '"', '返送', 'nothing of the kind']) {
    await call(client.searchSessions({ q }));
  }

  const custom_data = { order_id: 'ord_1', visits: 3, ratio: 0.5, vip: true };
  const contact = {
    email: 'ann@example.com',
    name: 'Ann',
    phone_number: '+1 555 0100',
    custom_data: { a: 'b' },
  };
  for (const body of [
    {},
    { channel: { type: 'email' }, verified: true, contact, custom_data },
    { verified: null, contact },
    { verified: false, contact: {} },
  ]) {
    ids.push((await call(client.createSession(body))).id);
  }
  const known = await call(client.getSession(ids.at(-2)));
  ids.push((await call(client.createSession({ contact_id: known.contact.id }))).id);
  const id = ids.at(-1);
  const message = (text, attachments) => ({ type: 'text', text, ...(attachments && { attachments }) });
  const base64 = Buffer.from('a file').toString('base64');
  for (const body of [
    { sender: 'contact', message: message('Where is my parcel?'), contact, custom_data },
    { sender: 'agent', message: message('On its way.'), agent: { id: 7, name: 'Nora' } },
    { sender: 'agent', message: message('I take over.'), should_take_over_session_from_ai: true },
    { sender: 'contact', message: message('', [{ name: 'a.txt', base64, mime_type: 'text/plain' }]) },
    { sender: 'contact', message: message('See', [{ url: 'https://example.com/a.png' }]) },
  ]) {
    const { outcome, error } = await call(client.sendMessage(id, body));
    if (outcome !== 'sent') throw error;
  }
  for (const body of [
    { status: 'closed_resolved', generate_summary_and_sentiment_on_resolve: true },
    { status: 'open', reflect_status_change_for_integration: true },
    { status: 'closed_unresolved', session_closed_payload: { reason: ['x', null] } },
    {},
  ]) {
    await call(client.updateSession(id, body));
  }
  for (const one of ids) {
    await call(client.getSession(one));
    for await (const _ of client.historyPages(one)) count += 1;
  }

  const nobody = '00000000-0000-4000-8000-000000000000';
  const stranger = createClient({ apiKey: 'wrong', baseUrl: url, requestsPerMinute: 0 });
  await expectError('unauthenticated', stranger.listSessions());
  await expectError('not_found', client.getSession(nobody));
  await expectError('not_found', client.createSession({ contact_id: nobody }));
  await expectError('invalid_request', client.listSessions({ cursor: 'x' }));
  await expectError('invalid_request', client.sendMessage(id, { sender: 'agent', message: message('') }));
  await client.close();
  await stranger.close();
  return count;
}
