import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { historyItem, smallestSession } from '../support/fakes/examples.ts';
import { startUpstream } from '../support/fakes/http-server.ts';
import { connect } from '../support/program/program.ts';
import { spellings } from '../support/text/spellings.ts';

const key = 'ocx_"Live\\A/b+c=d&e<f';

/** Each spelling on its own, in all that an API may say about a session. */
const written = Object.values(spellings).map((spell) => spell(key));
const told = {
  ...smallestSession,
  custom_data: Object.fromEntries(written.map((text, index) => [`${index} ${text}`, text])),
  team: { id: smallestSession.id, name: key },
  handoff: { summary: written.join(' and ').slice(0, 3000) },
};
const page = (items: unknown[]) => ({ json: { items, next: null } });
const history = written.map((text, index) => ({
  ...historyItem,
  id: String(index),
  event: {
    type: 'message',
    sender: { type: 'contact', name: text },
    content: { type: 'text', text: `it is ${text}` },
  },
}));
const mail = [...key].map((letter) => `<b>${letter.replace('<', '&lt;')}</b>`).join('<i hidden>zz</i>');
const html = {
  ...historyItem,
  id: 'html',
  event: { type: 'message', sender: { type: 'contact' }, content: { type: 'text', text: `<p>${mail}</p>` } },
};

/** What somebody sees who joins the letters, undoes one escape of JSON and looks for the key. */
const plain = (text: string) => text.replace(/\n\| /g, '').replace(/[\s\p{Cf}\p{M}]/gu, '');

it('the key leaves the program in no answer, no protocol message, no log line and no file', async () => {
  const upstream = await startUpstream();
  const folder = mkdtempSync(join(tmpdir(), 'opencx-redaction-'));
  onTestFinished(async () => {
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const auditLog = join(folder, 'audit.jsonl');
  const server = await connect({
    args: ['--audit-log', auditLog],
    env: {
      OPENCX_API_KEY: key,
      OPENCX_API_URL: upstream.url,
      OPENCX_LOG_LEVEL: 'info',
      OPENCX_STATE_DIR: folder,
    },
  });
  onTestFinished(() => server.close());
  const said: unknown[] = [];
  const ask = async (request: Promise<unknown>) =>
    said.push(await request.catch((error: Error) => error.message));
  const { client } = server;
  const session_id = smallestSession.id;

  upstream.script({ json: told }, page([...history, html]));
  await ask(server.call('get_session', { session_id, history_limit: 50 }));
  upstream.script(page([...history, html]));
  await ask(server.call('get_session_history', { session_id, limit: 200 }));
  upstream.script(page([told]));
  await ask(server.call('list_sessions'));
  upstream.script({
    json: {
      contacts: [{ id: 'c', name: key }],
      messages: written.map((message, id) => ({ id: `${id}`, session_id, message })),
    },
  });
  await ask(server.call('search_sessions', { query: key }));
  for (const text of written) {
    upstream.script({ status: 400, json: { message: `no ${text}` } });
    await ask(server.call('get_session', { session_id }));
  }
  upstream.script({ status: 400, json: { message: `no ${key}` } });
  await ask(server.call('update_session', { session_id: key.replaceAll('/', ''), status: 'open' }));
  await ask(server.call('get_session', { session_id, [key]: key }));
  await ask(server.call(key, { session_id: key }));
  upstream.script(page([told]));
  await ask(client.listResources());
  upstream.script({ json: told }, page(history));
  await ask(client.readResource({ uri: `opencx://sessions/${session_id}` }));
  await ask(client.readResource({ uri: `opencx://${key}` }));
  await ask(
    client.getPrompt({
      name: 'draft_reply',
      arguments: { session_id, guidance: written.join('\n').slice(0, 2000) },
    }),
  );
  await ask(client.getPrompt({ name: key }));
  await server.close();

  expect(said).toHaveLength(written.length + 12);
  const masked = said.filter((one) => JSON.stringify(one).includes('[key]'));
  expect(masked.length).toBeGreaterThan(written.length + 5);
  for (const text of [
    ...said.map((one) => JSON.stringify(one)),
    server.stderr(),
    readFileSync(auditLog, 'utf8'),
  ]) {
    // Half of it would be too much.
    for (const form of [key, key.slice(0, 12)]) {
      expect(plain(text)).not.toContain(form);
      expect(plain(text)).not.toContain(JSON.stringify(form).slice(1, -1));
      expect(plain(text.replaceAll('\\n', '\n'))).not.toContain(JSON.stringify(form).slice(1, -1));
    }
  }
});
