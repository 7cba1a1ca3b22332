import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { key } from '../support/faults/client.ts';
import { silence } from '../support/faults/faults.ts';
import { gate, isSend, message, scene, text as words } from '../support/faults/scene.ts';
import { atTerminal, hasTerminals } from '../support/outbox/terminal.ts';
import { connectHere } from '../support/program/connect-here.ts';
import { connect, runToEnd, type Session } from '../support/program/program.ts';
import { callTool } from '../support/replicas/request-by-hand.ts';
import { serveTeam } from '../support/replicas/served-team.ts';
import { documentedSql, postgresUrl, testSchema } from '../support/state/postgres.ts';
import { redisUrl } from '../support/state/redis.ts';

if (!hasTerminals)
  process.stderr.write('No util-linux script: the command outbox is not tried at a terminal.\n');

const prompt = '[a/e/r/s/q] ';
const text = 'It ships today.';

/** A client without elicitation on a server whose messages wait. Each test has its own session and state. */
describe.skipIf(!hasTerminals)('messages that wait for a person', () => {
  let sandbox: Sandbox;
  let url: string;
  beforeAll(async () => {
    sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, seed: false });
    ({ url } = await sandbox.listen({ port: 0 }));
  });
  afterAll(() => sandbox.close());

  let folder: string;
  let env: Record<string, string>;
  let auditLog: string;
  let id: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'opencx-outbox-'));
    auditLog = join(folder, 'audit.jsonl');
    env = { OPENCX_API_URL: url, OPENCX_API_KEY: sandbox.key, OPENCX_STATE_DIR: folder };
    id = await sandbox.visitor.open({ name: 'Oksana', text: 'Where is my parcel?' });
  });

  const withOutbox = (args: readonly string[] = [], more: Record<string, string> = {}) => ({
    args: ['--confirm-sends=outbox', '--audit-log', auditLog, ...args],
    env: { ...env, ...more },
  });
  function assistantOf<T extends Pick<Session, 'call'>>(assistant: T) {
    return {
      ...assistant,
      send: (words: string) =>
        assistant.call('send_message', { session_id: id, sender: 'agent', text: words }),
      fateOf: async (number: number) => {
        const { view } = await assistant.call('get_session', { session_id: id });
        return view.drafts.find((draft: { number: number }) => draft.number === number);
      },
    };
  }
  /** In this process. The people at terminals have processes of their own. */
  const openAssistant = async (...given: Parameters<typeof withOutbox>) =>
    assistantOf(await connectHere(withOutbox(...given)));
  async function startAssistant() {
    const assistant = await connect(withOutbox());
    onTestFinished(() => assistant.close());
    return assistantOf(assistant);
  }
  const open = (more: Record<string, string> = {}) =>
    atTerminal(['outbox', '--audit-log', auditLog], { ...env, ...more });
  /** How often the words stand in the session. */
  const copies = async (words: string) => {
    const history = await sandbox.history(id);
    return history.filter(({ event }) => event.content?.text === words).length;
  };

  const linesOfAudit = () =>
    readFileSync(auditLog, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  /** What people decided, as the audit log says. */
  const decisions = () =>
    linesOfAudit()
      .filter(({ tool }) => tool === 'outbox')
      .map(({ draft, decision, outcome, person, session }) => {
        expect([typeof person, session]).toEqual(['string', id]);
        return [draft, decision, outcome];
      });

  it('are stored, shown, checked again, approved once, and told', async () => {
    const { send, fateOf } = await openAssistant();
    const stored = await send(text);
    expect(stored.view).toMatchObject({ outcome: 'waiting_for_approval', draft: { number: 1 } });
    expect(stored.text).toMatch(
      /^Not sent yet: it waits for a person as draft 1\. A person decides on a page \(run: node \S+ inbox --audit-log \S+\) .+ Both need OPENCX_API_KEY, .+ expires at \d{4}-/,
    );
    expect((await send(text)).view).toMatchObject({ draft: { number: 1 } });
    expect(await copies(text)).toBe(0);

    // Two people look at it.
    const [one, other] = [open(), open()];
    expect(await one.reads(prompt)).toMatch(
      /Draft 1, #\d+ .+ waits: "It ships today\."[\s\S]+The full text, 15 characters:\n\nIt ships today\./,
    );
    await other.reads(prompt);
    await sandbox.visitor.write(id, 'Never mind, I found it.');
    one.types('a');
    const changed = await one.reads(prompt);
    expect(changed).toContain('Not sent: the conversation has changed meanwhile.');
    expect(changed).toMatch(
      /SINCE IT WAS WRITTEN:\n- New messages:\n {2}\| .+\n {2}\| {3}Never mind, I found it\./,
    );
    expect(await copies(text)).toBe(0);
    one.types('a');
    expect(await one.ends()).toEqual({ code: 0, shown: expect.stringContaining('Draft 1 was sent.') });
    other.types('a');
    expect(await other.ends()).toEqual({ code: 0, shown: expect.stringMatching(/Draft 1.+ was sent by "/) });
    expect(await copies(text)).toBe(1);
    expect(await fateOf(1)).toMatchObject({ state: 'sent', decided_by: expect.any(String) });
    expect(decisions()).toEqual([[1, 'approved', 'sent']]);
    expect(linesOfAudit()[0]).toMatchObject({ outcome: 'waiting_for_approval', draft: 1, requested: false });
    expect(JSON.stringify(linesOfAudit())).not.toContain('ships');
  });

  it('are edited or rejected, and the writer reads the final text and the reason, after a restart too', async () => {
    const { send, kill } = await startAssistant();
    await send('Your parcel is on its way.');
    await send('Please be patient.');
    const terminal = open({ VISUAL: '', EDITOR: '' });
    await terminal.reads(prompt);
    terminal.types('e');
    await terminal.reads('full stop.');
    for (const line of ['Your parcel is on its way, Oksana.', '.']) terminal.types(line);
    expect(await terminal.reads('[y/N] ')).toContain('The new text:\n\nYour parcel is on its way, Oksana.\n');
    terminal.types('y');
    await terminal.reads(prompt);
    terminal.types('r');
    await terminal.reads('wrote it: ');
    terminal.types('Too blunt.');
    expect(await terminal.ends()).toMatchObject({ code: 0 });
    kill();
    const { fateOf, call } = await openAssistant();
    expect(await copies('Your parcel is on its way, Oksana.')).toBe(1);
    expect(await copies('Your parcel is on its way.')).toBe(0);
    expect(await fateOf(1)).toMatchObject({
      state: 'sent',
      final_text: 'Your parcel is on its way, Oksana.',
    });
    expect(await fateOf(2)).toMatchObject({ state: 'rejected', reason: 'Too blunt.' });
    const found = await call('find_messages', { since: '1h' });
    expect(found.text).toContain('Your drafts: number 2 rejected; number 1 sent.');
    expect(found.text).toMatch(/\| {3}reason "Too blunt\."/);
    expect(found.view.drafts).toHaveLength(2);
    expect(decisions()).toEqual([
      [1, 'edited', 'sent'],
      [2, 'rejected', 'rejected'],
    ]);
  });

  it('stay where they are when the person goes away, and are changed with the editor of the next', async () => {
    const { send, fateOf } = await openAssistant();
    await send('Text for the editor.');
    const gone = open();
    await gone.reads(prompt);
    gone.hangUp();
    await gone.ends();
    const terminal = open({ VISUAL: 'sed -i s/Text/Words/' });
    await terminal.reads(prompt);
    expect(await fateOf(1)).toMatchObject({ state: 'waiting' });
    expect(await copies('Text for the editor.')).toBe(0);
    terminal.types('e');
    await terminal.reads('[y/N] ');
    terminal.types('y');
    expect(await terminal.ends()).toMatchObject({ code: 0 });
    expect(await copies('Words for the editor.')).toBe(1);
  });

  it('are decided in the embedded sandbox, and by nobody without a terminal', async () => {
    const embedded = ['--sandbox', join(folder, 'demo.db')];
    env = { OPENCX_STATE_DIR: folder };
    const assistant = await openAssistant(embedded);
    const { view } = await assistant.call('list_sessions', { status: 'open', handed_off: true, limit: 1 });
    id = view.sessions[0].id;
    await assistant.send(text);
    const { code, stdout, stderr } = await runToEnd({ args: ['outbox', ...embedded], env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('outbox needs a terminal');
    const terminal = atTerminal(['outbox', ...embedded], env);
    await terminal.reads(prompt);
    expect(await assistant.fateOf(1)).toMatchObject({ state: 'waiting' });
    terminal.types('a');
    expect(await terminal.ends()).toMatchObject({ code: 0 });
    expect(await assistant.fateOf(1)).toMatchObject({ state: 'sent' });
  });

  it('are not said to be none without a word about where they were looked for, and with which key', async () => {
    const nothing = await open().ends();
    expect(nothing).toEqual({
      code: 0,
      shown: `No message waits for approval in the account of this key at ${new URL(url).host} (looked in the files of ${folder}; OPENCX_DATABASE_URL is not set).\n`,
    });
    writeFileSync(join(folder, 'old.key'), 'ocx_old_0123456789', { mode: 0o600 });
    const other = { OPENCX_API_KEY: '', OPENCX_API_KEY_FILE: join(folder, 'old.key') };
    const { code, shown } = await open(other).ends();
    expect(code).toBe(1);
    expect(shown.split('\n').slice(1)).toEqual([
      `The API refuses the key in the file ${join(folder, 'old.key')} (401). Messages may wait in the account of another key.`,
      '',
    ]);
  });

  it.skipIf(postgresUrl === undefined)(
    'are decided on another machine, which shares a database',
    async () => {
      const schema = await testSchema();
      onTestFinished(() => schema.drop());
      const shared = { OPENCX_DATABASE_URL: schema.url };
      const { send, fateOf } = await openAssistant([], shared);
      await send('From another machine.');
      const terminal = open({ ...shared, OPENCX_STATE_DIR: join(folder, 'another-machine') });
      expect(await terminal.reads(prompt)).toContain('From another machine.');
      terminal.types('a');
      expect(await terminal.ends()).toMatchObject({ code: 0 });
      expect(await copies('From another machine.')).toBe(1);
      expect(await fateOf(1)).toMatchObject({ state: 'sent' });
    },
  );

  it.skipIf(postgresUrl === undefined || redisUrl === undefined)(
    'are decided for a team at a terminal, with the key of the workspace, in the chain of its audit log',
    async () => {
      const team = await serveTeam({
        replicas: 1,
        workspaces: { acme: { url, key: sandbox.key } },
        people: [{ name: 'ada', workspace: 'acme' }],
        role: { confirm_sends: 'outbox' },
      });
      onTestFinished(() => team.close());
      await callTool(team.person('ada'), 'send_message', { session_id: id, sender: 'agent', text });
      writeFileSync(join(folder, 'acme.key'), sandbox.key, { mode: 0o600 });
      const terminal = atTerminal(['outbox'], {
        OPENCX_API_URL: url,
        OPENCX_API_KEY_FILE: join(folder, 'acme.key'),
        OPENCX_DATABASE_URL: team.schema.url,
        OPENCX_STATE_DIR: folder,
      });
      await terminal.reads(prompt);
      terminal.types('a');
      expect(await terminal.ends()).toMatchObject({ code: 0 });
      expect(await copies(text)).toBe(1);
      const lines = await team.schema.query<{ scope: string; line: string }>(
        'select scope, line from SCHEMA.audit order by scope, seq',
      );
      expect(lines.map(({ scope, line }) => ({ scope, ...JSON.parse(line) }))).toMatchObject([
        { scope: 'acme', seq: 1, draft: 1, outcome: 'waiting_for_approval', person: 'ada', role: 'agent' },
        { scope: 'acme', seq: 2, draft: 1, outcome: 'sent', decision: 'approved', workspace: 'acme' },
      ]);
      const broken = documentedSql('select scope, seq').replaceAll('opencx_mcp', 'SCHEMA');
      expect(await team.schema.query(broken)).toEqual([]);
    },
  );
});

/** Lets the time pass in which the killed processes could still have sent the drafts. */
function passTimeLimits(folder: string, drafts: readonly number[]): void {
  const outbox = join(folder, 'outbox');
  const files = join(outbox, readdirSync(outbox)[0] ?? '');
  const revision = (name: string) => Number(name.split('.')[1]);
  for (const number of drafts) {
    const names = readdirSync(files).filter((name) => Number(name.split('.')[0]) === number);
    const latest = join(files, names.sort((a, b) => revision(a) - revision(b)).at(-1) ?? '');
    const draft = JSON.parse(readFileSync(latest, 'utf8'));
    expect(draft).toMatchObject({ state: 'sending', decision: { until: expect.any(Number) } });
    writeFileSync(latest, JSON.stringify({ ...draft, decision: { ...draft.decision, until: 1 } }));
  }
}

it.skipIf(!hasTerminals)(
  'a message whose approval is killed while it is sent is never sent again, and the outbox says what is known',
  async () => {
    // The API has stored the second one.
    const sessions = ['session-1', 'session-2'];
    const { upstream, folder, sends, serveHere } = await scene({
      plan: (arrival) =>
        isSend(arrival) ? { fault: silence, store: arrival.sessionId === 'session-2' } : {},
    });
    const assistant = await serveHere({ args: ['--confirm-sends=outbox'] });
    const env = { OPENCX_API_URL: upstream.url, OPENCX_API_KEY: key, OPENCX_STATE_DIR: folder };
    const fates = () =>
      Promise.all(
        sessions.map(async (session_id) => {
          const { view } = await assistant.call('get_session', { session_id });
          return view.drafts[0].state;
        }),
      );
    for (const session_id of sessions) {
      await assistant.call('send_message', { ...message, session_id });
      const killed = atTerminal(['outbox'], env);
      await killed.reads(prompt);
      killed.types('a');
      const { over } = await upstream.arrival((one) => isSend(one) && one.sessionId === session_id);
      killed.kill();
      expect((await killed.ends()).code).not.toBe(0);
      await over;
    }
    const early = atTerminal(['outbox'], env);
    expect((await early.ends()).shown).toMatch(
      /^Messages in the account of this key at 127\.0\.0\.1:\d+:\nDraft 1, .+ is being sent: ".+\nDraft 2, .+ is being sent: ".+\n$/,
    );
    expect(await fates()).toEqual(['approved', 'approved']);

    passTimeLimits(folder, [1, 2]);
    const late = await atTerminal(['outbox'], env).ends();
    expect(late.code).toBe(0);
    expect(late.shown).toMatch(/Draft 1, .+ DELIVERY UNKNOWN: look whether/);
    expect(late.shown).toMatch(/Draft 2, .+ was sent by "/);
    expect(await fates()).toEqual(['unknown', 'sent']);
    // What was on its way may still arrive.
    upstream.store('session-1', 'agent', words);
    expect(await fates()).toEqual(['sent', 'sent']);
    const last = atTerminal(['outbox'], env);
    expect((await last.ends()).shown).toMatch(/^No message waits for approval/);
    expect(sends()).toBe(2);
    expect(upstream.stored).toHaveLength(2);
  },
);

it.skipIf(!hasTerminals)(
  'what a person typed before a draft was shown decides nothing about it',
  async () => {
    const held = gate();
    const { upstream, folder, sends, serveHere } = await scene({
      plan: (arrival) => (isSend(arrival) ? { fault: held.fault, store: true } : {}),
    });
    const assistant = await serveHere({ args: ['--confirm-sends=outbox'] });
    await assistant.call('send_message', message);
    await assistant.call('send_message', { ...message, text: 'A message that nobody has read.' });
    const env = { OPENCX_API_URL: upstream.url, OPENCX_API_KEY: key, OPENCX_STATE_DIR: folder };
    const person = atTerminal(['outbox'], env);
    await person.reads(prompt);
    person.types('a');
    await upstream.arrival(isSend);
    // Once more, because nothing seems to happen.
    person.types('a');
    for (const echo of ['a\r', 'a\r']) await person.reads(echo);
    held.release();
    await person.reads(prompt);
    person.types('q');
    expect(await person.ends()).toMatchObject({ code: 0 });
    expect(sends()).toBe(1);
  },
);
