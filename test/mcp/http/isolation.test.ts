import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newPrincipal } from '../../../src/cli/setup/new-principal.ts';
import { UnauthenticatedError } from '../../../src/client/errors.ts';
import { Principals } from '../../../src/mcp/http/principals.ts';
import type { AuditRecord } from '../../../src/state/audit.ts';
import { type Member, roleOf, teamApp, url, workspaceOf } from '../../support/doors/team.ts';
import { contextOf, message, pagesOf, session } from '../../support/fakes/fakes.ts';

/** A workspace in which every answer has its secret. Logs what is logged. */
function workspace(id: string, log: string[]) {
  const sent: string[] = [];
  const api = contextOf({
    getSession: async (sessionId) => session(sessionId, { summary: `secret-of-${id}` } as never),
    historyPages: () => pagesOf([message(`secret-of-${id}`, '2026-03-01T11:00:00Z')], 50).pages,
    async *sessionPages() {
      const items = [session(`secret-of-${id}`), session(`second-secret-of-${id}`)];
      yield { items, next: null, cursor: undefined };
    },
    sendMessage: async (_, { message: { text } }) => {
      sent.push(text ?? '');
      return { outcome: 'sent', messageId: `secret-of-${id}` };
    },
  });
  const write = (fields: object, text: string) => log.push(JSON.stringify([fields, text]));
  const logger = { info: write, error: write };
  const dependencies = { client: api.client, accountScope: () => id, sendLog: api.sendLog, logger };
  return { sent, workspace: workspaceOf(id, dependencies) };
}

async function connect(app: ReturnType<typeof teamApp>, token: string, id: string, version: string) {
  const questions: string[] = [];
  const client = new Client(
    { name: 'test', version: '1' },
    {
      capabilities: { elicitation: { form: {} } },
      versionNegotiation: { mode: version === 'legacy' ? 'legacy' : { pin: version } },
    },
  );
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    questions.push(params.message ?? '');
    return { action: 'accept', content: {} };
  });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${url}/mcp/w/${id}`), {
      fetch: app.fetch,
      requestInit: { headers: { Authorization: `Bearer ${token}` } },
    }),
  );
  onTestFinished(() => client.close());
  return { client, questions };
}

it('a member is told nothing that only the operator can do, and sees no more than the role may', async () => {
  const { client } = contextOf({
    getSession: async (id) => {
      if (id === 's2') throw new UnauthenticatedError('no', { status: 401 });
      return session(id, { contact: { ...someone, name: 'Amelia Hart' } });
    },
  });
  const role = roleOf('agent', { redact: ['name'] });
  const workspace = workspaceOf('acme', { client, sendLog: contextOf({}).sendLog });
  const member = await connect(teamApp([{ token: 'a', workspace, role }]), 'a', 'acme', 'legacy');
  const ask = async (session_id: string) =>
    JSON.stringify(await member.client.callTool({ name: 'get_session', arguments: { session_id } }));
  expect(await ask('s2')).toContain('administrators of this server');
  const shown = await ask('s1');
  expect(shown).toContain('verified');
  expect(shown).not.toContain('Amelia');
});

const someone = { id: 'c1', created_at: '2026-03-01T11:00:00Z', updated_at: '2026-03-01T11:00:00Z' };

const notRead = 'WARNING: this conversation was not read before answering.';

describe('people in one server', () => {
  it('see nothing of another workspace, however their calls interleave', async () => {
    const logs = { acme: [] as string[], globex: [] as string[] };
    const acme = workspace('acme', logs.acme);
    const globex = workspace('globex', logs.globex);
    const role = roleOf('agent', { confirmSends: true });
    const app = teamApp([
      { token: 'a', workspace: acme.workspace, role },
      { token: 'g', workspace: globex.workspace, role },
    ]);
    const people = await Promise.all(
      (
        [
          ['a', 'acme', '2026-07-28'],
          ['g', 'globex', '2026-07-28'],
          ['a', 'acme', 'legacy'],
          ['g', 'globex', 'legacy'],
        ] as const
      ).map(async ([token, id, version]) => ({ id, ...(await connect(app, token, id, version)) })),
    );
    const rounds = 10;
    const answers = await Promise.all(
      people.flatMap(({ id, client }) =>
        Array.from({ length: rounds }, async (_, round) => {
          const ref = { type: 'ref/prompt' as const, name: 'draft_reply' };
          const send = { session_id: `s${round}`, sender: 'agent', text: `text-of-${id} ${round}` };
          const all = await Promise.all([
            client.callTool({ name: 'get_session_history', arguments: { session_id: 's1' } }),
            client.callTool({ name: 'list_sessions', arguments: {} }),
            client.complete({ ref, argument: { name: 'session_id', value: '' } }),
            client.listResources(),
            client.callTool({ name: 'send_message', arguments: send }),
          ]);
          return { id, text: JSON.stringify(all) };
        }),
      ),
    );
    expect(answers).toHaveLength(people.length * rounds);
    for (const { id, text } of answers) {
      expect(text).toContain(`secret-of-${id}`);
      expect(text).not.toContain(`secret-of-${id === 'acme' ? 'globex' : 'acme'}`);
    }
    for (const { id, questions } of people) {
      const foreign = id === 'acme' ? 'globex' : 'acme';
      expect(questions.join()).not.toContain(`-of-${foreign}`);
    }
    expect(new Set(acme.sent)).toEqual(
      new Set(Array.from({ length: rounds }, (_, round) => `text-of-acme ${round}`)),
    );
    for (const log of [...logs.acme, ...logs.globex]) expect(log).not.toContain('secret-of');
    expect(app.errors.map(String).join()).not.toContain('secret-of');
  });

  it('cannot continue a list or a question of another workspace', async () => {
    const role = roleOf('agent');
    const app = teamApp(
      ['acme', 'globex'].map((id) => ({ token: id, workspace: workspace(id, []).workspace, role })),
    );
    const acme = await connect(app, 'acme', 'acme', '2026-07-28');
    const globex = await connect(app, 'globex', 'globex', '2026-07-28');
    for (const [name, first] of [
      ['list_sessions', { limit: 1 }],
      ['find_messages', { limit: 1, since: '2020-01-01' }],
    ] as const) {
      const { structuredContent } = await acme.client.callTool({ name, arguments: first });
      const { next_cursor: cursor } = structuredContent as { next_cursor: string };
      expect(cursor).toBeDefined();
      const foreign = await globex.client.callTool({ name, arguments: { cursor } });
      expect(JSON.stringify(foreign)).toContain('or it belongs to another account');
      expect((await acme.client.callTool({ name, arguments: { cursor } })).isError).toBeFalsy();
    }
  });

  it('do not share what they have read, but keep it between their requests', async () => {
    const { workspace: one } = workspace('acme', []);
    const role = roleOf('agent', { confirmSends: true });
    const members: Member[] = [
      { token: 'ada', workspace: one, role },
      { token: 'ben', workspace: one, role },
    ];
    const app = teamApp(members);
    const ada = await connect(app, 'ada', 'acme', '2026-07-28');
    const ben = await connect(app, 'ben', 'acme', '2026-07-28');
    await ada.client.callTool({ name: 'get_session_history', arguments: { session_id: 's1' } });
    for (const { client } of [ada, ben]) {
      const send = { session_id: 's1', sender: 'agent', text: 'Hi' };
      await client.callTool({ name: 'send_message', arguments: send });
    }
    expect(ada.questions[0]).not.toContain(notRead);
    expect(ben.questions[0]).toContain(notRead);
  });

  it('are named in the audit log, each with role and workspace', async () => {
    const records: AuditRecord[] = [];
    const audit = { ready: async () => {}, write: async (one: AuditRecord) => void records.push(one) };
    const { workspace: one } = workspace('acme', []);
    const audited = { ...one, dependencies: { ...one.dependencies, audit } };
    const app = teamApp([
      { token: 'a', name: 'ada\u202e\n', workspace: audited, role: roleOf('agent') },
      { token: 'b', name: 'ben', workspace: audited, role: roleOf('reader', { readOnly: true }) },
    ]);
    for (const token of ['a', 'b']) {
      const { client } = await connect(app, token, 'acme', '2026-07-28');
      const send = { session_id: 's1', sender: 'agent', text: 'Hi' };
      const call = client.callTool({ name: 'send_message', arguments: send });
      // One that the role forbids is recorded too.
      if (token === 'b') await expect(call).rejects.toThrow('your role only reads');
      else await call;
    }
    expect(records).toMatchObject([
      { tool: 'send_message', person: 'ada', role: 'agent', workspace: 'acme' },
      {
        tool: 'send_message',
        session: 's1',
        outcome: 'not_offered',
        person: 'ben',
        role: 'reader',
        workspace: 'acme',
      },
    ]);
  });

  it('are forgotten one by one when there are too many', () => {
    const principals = new Principals(() => newPrincipal(), 2);
    const [a, b] = [principals.of('a'), principals.of('b')];
    expect(principals.of('a')).toBe(a);
    principals.of('c');
    expect(principals.of('a')).toBe(a);
    expect(principals.of('b')).not.toBe(b);
  });
});
