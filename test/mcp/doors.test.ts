import { EventEmitter, once } from 'node:events';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, type SessionsClient } from '../../src/client/client.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { connectThrough, type Door, doors } from '../support/doors/doors.ts';
import { toolNames } from '../support/every-tool/covers-every-tool.ts';
import { contextOf, message, pagesOf, session } from '../support/fakes/fakes.ts';

const [reference] = doors;

/** A picture of one pixel. */
const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';

/** Replaces what differs from call to call: ids, addresses of files, boundaries, times and ages. */
function stable(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, 'ID')
    .replaceAll(/(?<=\/files\/)[\w-]{20,}/g, 'FILE')
    .replaceAll(/(?<=\[|\\n)[0-9a-f]{12}/g, 'N')
    .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?|\b\d\d:\d\d\b/g, 'TIME')
    .replaceAll(/#?\d{4,}\b/g, 'NUMBER')
    .replaceAll(/\([^()]* ago\)|just now|cursor s\d\?[\w&=#]+|"next_cursor":"[^"]*"/g, 'X');
}

describe('the doors give the same answers', () => {
  let sandbox: Sandbox;
  let api: SessionsClient;
  let expected: Awaited<ReturnType<typeof everything>>;

  beforeAll(async () => {
    sandbox = await openSandbox({ database: ':memory:', rateLimit: 0 });
    const { url } = await sandbox.listen({ port: 0 });
    api = createClient({ apiKey: sandbox.key, baseUrl: url, requestsPerMinute: 0 });
  });
  afterAll(async () => {
    await api.close();
    await sandbox.close();
  });

  /** Everything that a client can ask for, and what a few mistakes are answered with. */
  async function everything(client: Client) {
    const call = async (name: string, args: Record<string, unknown>) => {
      const { content, structuredContent, isError } = await client.callTool({ name, arguments: args });
      return { content, structuredContent, isError };
    };
    const problem = (promise: Promise<unknown>) =>
      promise.then(
        () => 'no error',
        ({ code, message: text }) => ({ code, text: String(text).replace(/^MCP error -?\d+: /, '') }),
      );
    const { tools } = await client.listTools();
    const { prompts } = await client.listPrompts();
    const { resourceTemplates } = await client.listResourceTemplates();
    const { resources } = await client.listResources();
    const search = await call('search_sessions', { query: 'refund' });
    const [found] = (search.structuredContent as { sessions: { id: string }[] }).sessions;
    const session_id = found?.id ?? '';
    const uri = `opencx://sessions/${session_id}`;
    const created = await call('create_session', { contact: { name: 'Ada', email: 'ada@example.com' } });
    const { id } = created.structuredContent as { id: string };
    const text = 'Hello there';
    const attachments = [{ name: 'dot.png', base64: dot, mime_type: 'image/png' }];
    const picture = await call('send_message', {
      session_id: id,
      sender: 'contact',
      text: 'See',
      attachments,
    });
    return {
      tools,
      prompts,
      resourceTemplates,
      resources: resources.length,
      instructions: client.getInstructions(),
      calls: {
        list: await call('list_sessions', { status: 'open', created_before: '2026-01-01', limit: '3' }),
        search,
        session: await call('get_session', { session_id, history_limit: 2 }),
        history: await call('get_session_history', { session_id, limit: 3 }),
        count: await call('count_sessions', { created_before: '2026-01-01', group_by: 'status' }),
        find: await call('find_messages', { since: '2020-01-01', until: '2026-01-01' }),
        create: created,
        picture,
        attachment: await call('get_attachment', { session_id: id, attachment: 'dot.png' }),
        send: await call('send_message', { session_id: id, sender: 'contact', text }),
        again: await call('send_message', { session_id: id, sender: 'contact', text }),
        update: await call('update_session', { session_id: id, status: 'closed_resolved' }),
        wrong: await call('get_session', { session_id, histry_limit: 2 }),
      },
      draft: (await client.getPrompt({ name: 'draft_reply', arguments: { session_id, guidance: 'Be kind' } }))
        .messages,
      everyPrompt: await Promise.all(
        prompts.map(async ({ name, arguments: given = [] }) => {
          const required = given.filter((one) => one.required).map((one) => [one.name, session_id]);
          return (await client.getPrompt({ name, arguments: Object.fromEntries(required) })).messages;
        }),
      ),
      noArguments: await problem(client.getPrompt({ name: 'draft_reply' })),
      noPrompt: await problem(client.getPrompt({ name: 'nothing' })),
      read: (await client.readResource({ uri })).contents,
      readTranscript: (await client.readResource({ uri: `${uri}/transcript` })).contents,
      noResource: await problem(client.readResource({ uri: 'opencx://contacts/1' })),
      noTool: await problem(client.callTool({ name: 'drop_tables', arguments: {} })),
      completions: await Promise.all(
        [
          ['triage_open_sessions', 'channel_type', 'we'],
          ['draft_reply', 'session_id', ''],
          ['draft_reply', 'guidance', 'a'],
        ].map(async ([prompt = '', name = '', value = '']) => {
          const ref = { type: 'ref/prompt' as const, name: prompt };
          return (await client.complete({ ref, argument: { name, value } })).completion;
        }),
      ),
      resourceCompletion: (
        await client.complete({
          ref: { type: 'ref/resource', uri: resourceTemplates[0]?.uriTemplate ?? '' },
          argument: { name: 'session_id', value: '' },
        })
      ).completion.hasMore,
    };
  }

  const answersOf = async (door: Door) => everything(await connectThrough(door, depends()));
  const depends = () => ({ dependencies: { client: api, sendLog: contextOf({}).sendLog } });

  it.each(doors)('%s', async (door) => {
    expected ??= await answersOf(reference);
    const answers = await answersOf(door);
    expect(answers.tools.map(({ name }) => name)).toEqual(toolNames);
    expect(Object.keys(answers)).toEqual(Object.keys(expected));
    const { calls, ...others } = answers;
    for (const [what, answer] of Object.entries({ ...calls, ...others })) {
      const wanted = { ...expected.calls, ...expected }[what as keyof typeof others];
      expect(stable(answer), what).toBe(stable(wanted));
    }
  });
});

const canAsk = doors.filter((door) => door.startsWith('stdio') || door.includes('2026'));
const cannotAsk = doors.filter((door) => !canAsk.includes(door));

/** An API with one session in which the customer wrote. Counts what is sent. */
function oneSession() {
  const sent: string[] = [];
  const client: Partial<SessionsClient> = {
    getSession: async (id) => session(id),
    historyPages: () => pagesOf([message('m1', '2026-03-01T11:00:00Z')], 50).pages,
    sendMessage: async (_, { message: { text } }) => {
      sent.push(text ?? '');
      return { outcome: 'sent', messageId: 'm2' };
    },
  };
  return { sent, dependencies: { client: contextOf(client).client, sendLog: contextOf({}).sendLog } };
}

const send = { name: 'send_message', arguments: { session_id: 's1', sender: 'agent', text: 'Hi' } };
const textOf = (result: { content?: unknown }) => (result.content as [{ text: string }])[0].text;

describe('a person is asked before a message is sent', () => {
  it.each(canAsk)('%s: and it is sent once they accept', async (door) => {
    const { sent, dependencies } = oneSession();
    const questions: string[] = [];
    const person = (question: string) => {
      questions.push(question);
      return 'accept' as const;
    };
    const client = await connectThrough(door, { dependencies, confirmSends: true, person });
    expect(textOf(await client.callTool(send))).toMatch(/^Sent to session s1/);
    expect(questions).toHaveLength(1);
    expect(questions[0]).toContain('The full text, 2 characters:\n\nHi');
    expect(sent).toEqual(['Hi']);
  });

  it.each(canAsk)('%s: and nothing is sent if they decline', async (door) => {
    const { sent, dependencies } = oneSession();
    const person = () => 'decline' as const;
    const client = await connectThrough(door, { dependencies, confirmSends: true, person });
    const result = await client.callTool(send);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('declined this message');
    expect(sent).toEqual([]);
  });

  it.each(cannotAsk)('%s: which cannot ask, so nothing is sent', async (door) => {
    const { sent, dependencies } = oneSession();
    const client = await connectThrough(door, { dependencies, confirmSends: true, person: () => 'accept' });
    const result = await client.callTool(send);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('over HTTP that takes version 2026-07-28');
    expect(textOf(result)).not.toMatch(/--|OPENCX_/);
    expect(sent).toEqual([]);
  });
});

it.each(doors)('%s: progress reaches the client', async (door) => {
  const client = await connectThrough(door, {
    dependencies: {
      ...oneSession().dependencies,
      client: contextOf({
        async getSession(id, call) {
          call?.onWait?.('for the rate limit', 2000);
          return session(id);
        },
      }).client,
    },
  });
  const heard: (string | undefined)[] = [];
  const options = {
    onprogress: (progress: { message?: string | undefined }) => heard.push(progress.message),
  };
  const params = { name: 'get_session', arguments: { session_id: 's1' } };
  // The older client has a parameter for the schema of the result.
  const result = door.endsWith('v1 client')
    ? await (client.callTool as unknown as (...all: unknown[]) => Promise<{ content: unknown }>)(
        params,
        undefined,
        options,
      )
    : await client.callTool(params, options);
  expect(textOf(result)).toContain('Session s1');
  expect(heard).toEqual(['Waiting 2 s for the rate limit']);
});

/**
 * The others send a message that names the call. A server without sessions, of which there may be several, cannot tell whose
 * call that is: it ends when the client closes the connection, as test/mcp/http/listen.test.ts shows, or with its time.
 */
const canCancel = canAsk;

it.each(canCancel)('%s: a call that the client cancels is aborted', async (door) => {
  const calls = new EventEmitter();
  const [started, aborted] = [once(calls, 'started'), once(calls, 'aborted')];
  const client = await connectThrough(door, {
    dependencies: {
      ...oneSession().dependencies,
      client: contextOf({
        getSession: (_, call) =>
          new Promise((_resolve, reject) => {
            call?.signal?.addEventListener('abort', () => {
              calls.emit('aborted');
              reject(new Error('aborted'));
            });
            calls.emit('started');
          }),
      }).client,
    },
  });
  const cancel = new AbortController();
  const params = { name: 'get_session', arguments: { session_id: 's1' } };
  const options = { signal: cancel.signal };
  const call = door.endsWith('v1 client')
    ? (client.callTool as unknown as (...all: unknown[]) => Promise<unknown>)(params, undefined, options)
    : client.callTool(params, options);
  const failed = expect(call).rejects.toThrow();
  await started;
  cancel.abort();
  await failed;
  await aborted;
});
