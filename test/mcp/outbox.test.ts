import { describe, expect, it } from 'vitest';
import type { SessionsClient } from '../../src/client/client.ts';
import { approveDraft, rejectDraft } from '../../src/conversations/outbox/decide-draft.ts';
import { digestOf } from '../../src/conversations/outbox/scene.ts';
import { memoryOutbox } from '../../src/state/memory/outbox.ts';
import { connectThrough, doors } from '../support/doors/doors.ts';
import { roleOf, teamApp, url, workspaceOf } from '../support/doors/team.ts';
import { contextOf, message, pagesOf, session } from '../support/fakes/fakes.ts';

function api() {
  const sent: string[] = [];
  const client: Partial<SessionsClient> = {
    getSession: async (id) => session(id),
    historyPages: () => pagesOf([message('m1', '2026-03-01T11:00:00Z')], 50).pages,
    async sendMessage(_, { message: { text } }) {
      sent.push(text ?? '');
      return { outcome: 'sent', messageId: 'm2' };
    },
  };
  return { sent, context: contextOf(client) };
}
const send = { name: 'send_message', arguments: { session_id: 's1', sender: 'agent', text: 'Hi' } };
const read = { name: 'get_session', arguments: { session_id: 's1' } };

describe.each(doors)('on %s', (door) => {
  it('a message waits although the client cannot ask, and its writer reads what became of it', async () => {
    const { sent, context } = api();
    const outbox = memoryOutbox();
    const client = await connectThrough(door, { dependencies: context, outbox });
    const stored = await client.callTool(send);
    expect(stored.structuredContent).toMatchObject({
      outcome: 'waiting_for_approval',
      draft: { number: 1 },
    });
    const whoDecides = door.startsWith('http')
      ? 'the inbox page of this server if it has one, or'
      : 'the command inbox';
    expect(stored.content).toMatchObject([{ text: expect.stringContaining(whoDecides) }]);
    expect(sent).toEqual([]);
    const [draft] = await outbox.list();
    if (draft === undefined) throw new Error('it was not stored');
    // Over HTTP, the older versions of the protocol do not tell which client calls.
    if (!door.startsWith('http 2025')) expect(draft.author.client).toBe('test');
    expect(draft.author.name).toBe(door.startsWith('http') ? 'secret' : undefined);
    const request = { number: 1, digest: await digestOf(draft, draft.scene), text: 'Hello', by: 'sam' };
    const approver = { ...context, clock: { ...context.clock, now: () => Date.now() } };
    expect(await approveDraft(request, outbox, approver)).toMatchObject({ outcome: 'sent' });
    expect((await client.callTool(read)).structuredContent).toMatchObject({
      drafts: [{ number: 1, state: 'sent', decided_by: 'sam', final_text: 'Hello' }],
    });
    expect(sent).toEqual(['Hello']);
  });
});

describe('in a team', () => {
  const tool = async (app: ReturnType<typeof teamApp>, token: string, params: object) => {
    const response = await app.fetch(`${url}/mcp/w/acme`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
    });
    const body = await response.text();
    const { result } = JSON.parse(body.replace(/^[\s\S]*?data: /, '')) as {
      result: { structuredContent: object };
    };
    return result.structuredContent;
  };

  it('people read what became of their own drafts, and of nobody else’s', async () => {
    const { context } = api();
    const outbox = memoryOutbox();
    const workspace = { ...workspaceOf('acme', context), outbox };
    const role = roleOf('agent', { usesOutbox: true });
    const app = teamApp(['ada', 'ben'].map((token) => ({ token, workspace, role })));
    expect(await tool(app, 'ada', send)).toMatchObject({ draft: { number: 1 } });
    // An equal one of somebody else is another draft.
    expect(await tool(app, 'ben', send)).toMatchObject({ draft: { number: 2 } });
    await rejectDraft({ number: 1, reason: 'Only for Ada.', by: 'sam' }, outbox, { clock: context.clock });
    expect(await tool(app, 'ada', read)).toMatchObject({ drafts: [{ number: 1, reason: 'Only for Ada.' }] });
    const ben = await tool(app, 'ben', read);
    expect(ben).toMatchObject({ drafts: [{ number: 2, state: 'waiting' }] });
    expect(JSON.stringify(ben)).not.toContain('Ada');
    expect((await outbox.list()).map(({ author }) => author)).toMatchObject([
      { name: 'ben', workspace: 'acme' },
      { name: 'ada', workspace: 'acme' },
    ]);
  });

  it('no message is sent if a role needs an outbox and there is none', async () => {
    const { sent, context } = api();
    const role = roleOf('agent', { usesOutbox: true });
    const app = teamApp([{ token: 'ada', workspace: workspaceOf('acme', context), role }]);
    await tool(app, 'ada', send).catch(() => {});
    expect(sent).toEqual([]);
  });
});
