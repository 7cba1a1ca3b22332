import { Agent } from 'node:http';
import { openSandbox } from '../../../src/sandbox/index.ts';
import { seeded } from '../fakes/fakes.ts';
import { askSandbox } from '../sandbox/ask-sandbox.ts';
import { type Answer, accept, callTool, mcpRequest } from './request-by-hand.ts';
import { serveTeam } from './served-team.ts';

/** What two people in each of two workspaces were told, and what was recorded. */
export interface Mixture {
  readonly size: { calls: number; sends: number; attacks: number };
  /** Answers that have words of the other workspace. */
  readonly crossed: readonly string[];
  /** Answers with a key or a token, and logs or audit lines with one, or with words of a conversation. */
  readonly leaked: readonly string[];
  /** Attempts to use what belongs to somebody else that were not refused. */
  readonly allowed: readonly string[];
  /** Questions that did not say rightly whether the person had read the conversation. */
  readonly wrongMarks: readonly string[];
  /** Audit lines with a person of the other workspace. */
  readonly foreignRecords: number;
}

const workspaces = ['acme', 'globex'] as const;
type Workspace = (typeof workspaces)[number];
const people = [
  { name: 'ada', workspace: 'acme' },
  { name: 'amy', workspace: 'acme' },
  { name: 'ben', workspace: 'globex' },
  { name: 'bob', workspace: 'globex' },
] as const;
/** In every text of a workspace's conversations. */
const secretOf = (workspace: Workspace) => `secret-of-${workspace}`;
/** Two pages of a list. `find_messages` reads the history of each. */
const sessionCount = 10;
const atOnce = 16;
const notRead = 'was not read before answering';

/** Interleaves calls of everything that a client can ask for. Some use what an answer gave to somebody else. */
export async function mixWorkspaces(options: {
  seed: number;
  calls: number;
  replicas: number;
}): Promise<Mixture> {
  const random = seeded(options.seed);
  const pick = <T>(list: readonly T[]) => list[random.below(list.length)] as T;
  const apis = Object.fromEntries(
    await Promise.all(workspaces.map(async (id) => [id, await openWorkspace(id)] as const)),
  ) as Record<Workspace, Awaited<ReturnType<typeof openWorkspace>>>;
  const team = await serveTeam({ replicas: options.replicas, workspaces: apis, people });
  const agent = new Agent({ keepAlive: true });
  const size = { calls: 0, sends: 0, attacks: 0 };
  const crossed: string[] = [];
  const leaked: string[] = [];
  const allowed: string[] = [];
  const wrongMarks: string[] = [];
  const secrets = [
    ...people.map(({ name }) => team.person(name).token),
    ...workspaces.map((id) => apis[id].key),
  ];
  /** What answers gave to anybody. */
  const cursors: string[] = [];
  const questions: { readonly name: string; readonly message: object; readonly state: string }[] = [];
  /** Sessions that each person has read. */
  const read = new Map<string, Set<string>>(people.map(({ name }) => [name, new Set()]));

  function check({ workspace, name }: (typeof people)[number], what: string, { text }: Answer): void {
    const other = workspaces.find((one) => one !== workspace) as Workspace;
    if (text.includes(secretOf(other))) crossed.push(`${name}, ${what}: ${text.slice(0, 500)}`);
    for (const secret of secrets) if (text.includes(secret)) leaked.push(`${name}, ${what}`);
  }

  async function one(number: number): Promise<void> {
    const person = pick(people);
    const { name, workspace } = person;
    const caller = { ...team.person(name), agent, isLegacy: random.chance(0.3) };
    const session_id = pick(apis[workspace].sessions);
    const foreign = pick(apis[workspace === 'acme' ? 'globex' : 'acme'].sessions);
    const call = async (tool: string, args: object, more?: Record<string, unknown>): Promise<Answer> => {
      size.calls += 1;
      const answer = await callTool(caller, tool, args, more);
      check(person, tool, answer);
      return answer;
    };
    const ask = async (method: string, params: Record<string, unknown>): Promise<Answer> => {
      size.calls += 1;
      const answer = await mcpRequest(caller, method, params);
      check(person, method, answer);
      return answer;
    };
    /** Something that must be refused. */
    const attack = async (what: string, answer: Promise<Answer>): Promise<void> => {
      size.attacks += 1;
      const { result, status, text } = await answer;
      const isRefused = status >= 400 || result === undefined || result.isError === true;
      if (!isRefused) allowed.push(`${name}, ${what}: ${text.slice(0, 500)}`);
    };
    const ref = { type: 'ref/prompt', name: 'draft_reply' };
    const kinds: (() => Promise<unknown>)[] = [
      () => call('get_session', { session_id }),
      () => call('search_sessions', { query: 'secret' }),
      () => call('count_sessions', { group_by: 'status' }),
      () => call('find_messages', { since: '1h', limit: 5 }),
      () => ask('completion/complete', { ref, argument: { name: 'session_id', value: '' } }),
      () => ask('resources/list', {}),
      () => ask('resources/read', { uri: `opencx://sessions/${session_id}/transcript` }),
      async () => {
        const { result } = await call('list_sessions', { limit: 5 });
        const cursor = result?.['structuredContent']?.next_cursor;
        if (cursor) cursors.push(cursor);
        await call('list_sessions', { limit: 5, cursor });
      },
      async () => {
        // Mark it before the answer: another call of the same person may send meanwhile.
        await call('get_session_history', { session_id });
        read.get(name)?.add(session_id);
      },
      async () => {
        caller.isLegacy = false;
        const hadRead = read.get(name)?.has(session_id);
        const message = { session_id, sender: 'agent', text: `Answer ${number}, ${secretOf(workspace)}.` };
        const { result } = await call('send_message', message);
        const requestState = result?.requestState;
        if (requestState === undefined) return;
        size.sends += 1;
        const question = JSON.stringify(result);
        if (hadRead && question.includes(notRead)) wrongMarks.push(`${name}: ${question}`);
        questions.push({ name, message, state: requestState });
        await call('send_message', message, { requestState, inputResponses: accept });
      },
      () => attack('session of another workspace', call('get_session', { session_id: foreign })),
      async () => {
        // A cursor is a place in a list. It has nothing of the list that it came from.
        await call('list_sessions', { limit: 5, cursor: pick(cursors) });
      },
      async () => {
        const theirs = pick(questions);
        if (theirs === undefined || theirs.name === name) return;
        caller.isLegacy = false;
        const more = { requestState: theirs.state, inputResponses: accept };
        await attack("answer to another's question", call('send_message', theirs.message, more));
      },
      () => {
        caller.url = caller.url.replace(workspace, workspace === 'acme' ? 'globex' : 'acme');
        return attack('address of another workspace', call('list_sessions', {}));
      },
    ];
    await pick(kinds)();
  }

  try {
    const worker = async () => {
      while (size.calls < options.calls) await one(size.calls);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    const records = await team.schema.query<{ scope: string; line: string }>(
      'select scope, line from SCHEMA.audit',
    );
    const isForeign = ({ scope, line }: { scope: string; line: string }) =>
      people.some(({ name, workspace }) => workspace !== scope && line.includes(`"person":"${name}"`));
    const words = [...secrets, ...workspaces.map(secretOf)];
    for (const word of words) {
      if (team.logs().includes(word)) leaked.push(`log: ${word}`);
      if (records.some(({ line }) => line.includes(word))) leaked.push(`audit: ${word}`);
    }
    return { size, crossed, leaked, allowed, wrongMarks, foreignRecords: records.filter(isForeign).length };
  } finally {
    agent.destroy();
    await team.close();
    await Promise.all(workspaces.map((id) => apis[id].close()));
  }
}

/** A sandbox in which every text of a customer has the workspace's secret. */
async function openWorkspace(id: Workspace) {
  const sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, seed: false });
  const { url } = await sandbox.listen({ port: 0 });
  const post = async (path: string, body: object): Promise<{ id: string }> =>
    JSON.parse(await askSandbox({ ...sandbox, url }, 'POST', path, body));
  const sessions: string[] = [];
  for (let n = 0; n < sessionCount; n += 1) {
    const contact = { name: `Person ${secretOf(id)}`, email: `p${n}@${secretOf(id)}.example.com` };
    const session = await post('/chat/sessions', { contact, custom_data: { order: secretOf(id) } });
    const text = `Where is my ${secretOf(id)}, number ${n}?`;
    await post(`/chat/sessions/${session.id}/send`, { sender: 'contact', message: { type: 'text', text } });
    sessions.push(session.id);
  }
  return { url, key: sandbox.key, sessions, close: () => sandbox.close() };
}
