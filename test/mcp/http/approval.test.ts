import { expect, it } from 'vitest';
import type { SessionsClient } from '../../../src/client/client.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import { type Member, roleOf, teamApp, url, workspaceOf } from '../../support/doors/team.ts';
import { contextOf, message, pagesOf, session } from '../../support/fakes/fakes.ts';

/** A team of two, who have to approve what they send. */
function setUp() {
  const sent: string[] = [];
  const history: HistoryItem[] = [message('m1', '2026-03-01T11:00:00Z')];
  const api: Partial<SessionsClient> = {
    getSession: async (id) => session(id),
    historyPages: () => pagesOf(history, 50).pages,
    sendMessage: async (_, { message: { text } }) => {
      sent.push(text ?? '');
      return { outcome: 'sent', messageId: 'm2' };
    },
  };
  const { client, sendLog } = contextOf(api);
  const role = roleOf('agent', { confirmSends: true });
  const members: Member[] = ['ada', 'ben'].map((token) => ({
    token,
    workspace: workspaceOf('acme', { client, sendLog }),
    role,
  }));
  const app = teamApp(members);

  /** One request of version 2026-07-28, made by hand. */
  async function send(more: object = {}, options: { token?: string; elicitation?: object | null } = {}) {
    const { token = 'ada', elicitation = { form: {} } } = options;
    const {
      arguments: given,
      name = 'send_message',
      ...others
    } = more as { arguments?: object; name?: string };
    const response = await app.fetch(`${url}/mcp/w/acme`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': name,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: {
          name,
          arguments: { session_id: 's1', sender: 'agent', text: 'Hi', ...given },
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientInfo': { name: 't', version: '1' },
            'io.modelcontextprotocol/clientCapabilities': elicitation ? { elicitation } : {},
          },
          ...others,
        },
      }),
    });
    const { result, error } = (await response.json()) as { result?: Result; error?: { code: number } };
    return { status: response.status, result, error, text: JSON.stringify(result ?? error) };
  }
  return { send, sent, history };
}

interface Result {
  resultType: string;
  requestState: string;
  inputRequests: Record<string, { params: { message: string } }>;
}

const accept = { approval: { action: 'accept', content: {} } };

it('a call ends with the question, and the answer sends the message', async () => {
  const { send, sent } = setUp();
  const { result } = await send();
  expect(result?.resultType).toBe('input_required');
  expect(result?.inputRequests['approval']?.params.message).toContain('The full text, 2 characters:\n\nHi');
  expect(sent).toEqual([]);
  const { text } = await send({ requestState: result?.requestState, inputResponses: accept });
  expect(text).toContain('Sent to session s1');
  expect(sent).toEqual(['Hi']);
});

it.each([
  ['another text', { arguments: { text: 'Pay me' } }, {}],
  ['another session', { arguments: { session_id: 's2' } }, {}],
  ['another effect', { arguments: { should_take_over_session_from_ai: true } }, {}],
  ['another person', {}, { token: 'ben' }],
  ['another tool', { name: 'update_session' }, {}],
])('an approval is refused for %s', async (_, more, options) => {
  const { send, sent } = setUp();
  const { result } = await send();
  const again = { ...more, requestState: result?.requestState, inputResponses: accept };
  const { error, text } = await send(again, options);
  expect(error?.code).toBe(-32602);
  expect(text).toContain('belongs to another call. Nothing was changed.');
  expect(sent).toEqual([]);
});

it.each([
  ['is made up', () => 'v1.e30.AAAA'],
  ['was changed', (state: string) => state.replace(/^v1\.(.{9})./, 'v1.$1Z')],
  ['is not text', () => 5],
])('a state that %s is refused', async (_, change) => {
  const { send, sent } = setUp();
  const { result } = await send();
  const { error } = await send({ requestState: change(result?.requestState ?? ''), inputResponses: accept });
  expect(error?.code).toBe(-32602);
  expect(sent).toEqual([]);
});

it('an approval without the question that it answers is none', async () => {
  const { send, sent } = setUp();
  const { result } = await send({ inputResponses: accept });
  expect(result?.resultType).toBe('input_required');
  expect(sent).toEqual([]);
});

it.each([undefined, {}, { other: accept.approval }, { approval: 'accept' }])(
  'the question is asked again if it is answered with %j',
  async (inputResponses) => {
    const { send, sent } = setUp();
    const { result } = await send();
    const again = await send({ requestState: result?.requestState, inputResponses });
    expect(again.result?.resultType).toBe('input_required');
    expect(sent).toEqual([]);
  },
);

it('an approval is good for one send, even of a deliberate duplicate', async () => {
  const { send, sent } = setUp();
  const duplicate = { arguments: { allow_duplicate: true } };
  const { result } = await send(duplicate);
  const approved = { ...duplicate, requestState: result?.requestState, inputResponses: accept };
  const answers = [await send(approved), await send(approved)];
  expect(answers[0]?.text).toContain('Sent to session s1');
  expect(answers[1]?.text).toContain('this approval was used before');
  expect(sent).toEqual(['Hi']);
});

it('the person is asked again if the customer wrote meanwhile', async () => {
  const { send, sent, history } = setUp();
  const { result } = await send();
  history.push(message('m3', '2026-03-01T11:30:00Z'));
  const second = await send({ requestState: result?.requestState, inputResponses: accept });
  expect(second.result?.resultType).toBe('input_required');
  expect(sent).toEqual([]);
  await send({ requestState: second.result?.requestState, inputResponses: accept });
  expect(sent).toEqual(['Hi']);
});

it.each([
  ['decline', { action: 'decline' }],
  ['cancel', { action: 'cancel' }],
  ['that of another question', { roots: [] }],
])('nothing is sent when the answer is %s', async (_, approval) => {
  const { send, sent } = setUp();
  const { result } = await send();
  const inputResponses = { approval };
  const { text } = await send({ requestState: result?.requestState, inputResponses });
  expect(text).toContain('"isError":true');
  expect(sent).toEqual([]);
});

it('a client that cannot ask is told which capability is missing', async () => {
  const { send, sent } = setUp();
  const { error, status } = await send({}, { elicitation: null });
  expect({ status, code: error?.code }).toEqual({ status: 400, code: -32021 });
  expect(sent).toEqual([]);
});
