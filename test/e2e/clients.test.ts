import { createMCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport as StdioTransport } from '@ai-sdk/mcp/mcp-stdio';
import { getAllMcpTools, MCPServerStdio, RunContext } from '@openai/agents-core';
import { describe, expect, it } from 'vitest';
import { program } from '../support/program.ts';

const args = [program, '--sandbox', ':memory:'];

type Ask = (name: string, given: Record<string, unknown>) => Promise<string>;

/** The work of a support lead, told by any client: each of the seven tools is called once. */
async function workTheInbox(ask: Ask): Promise<void> {
  expect(await ask('list_sessions', { status: 'open', limit: '5' })).toContain(
    '5 sessions, and there are more',
  );
  expect(await ask('search_sessions', { query: 'refund' })).toContain('sessions with matching messages');
  const created = await ask('create_session', { contact: { name: 'Ada', email: 'ada@example.com' } });
  const session_id = /[0-9a-f-]{36}/.exec(created)?.[0] ?? '';
  expect(await ask('send_message', { session_id, sender: 'contact', text: 'Hello there' })).toContain(
    'Sent to session',
  );
  expect(await ask('get_session', { session_id, history_limit: 1 })).toContain('claimed, NOT verified: name');
  expect(await ask('get_session_history', { session_id })).toContain('|   Hello there');
  expect(await ask('update_session', { session_id, status: 'closed_resolved' })).toContain(
    'is now closed_resolved',
  );
}

describe('clients written by others', () => {
  it('the AI SDK lists the tools and calls each one', async () => {
    const client = await createMCPClient({
      transport: new StdioTransport({ command: process.execPath, args }),
    });
    const tools = await client.tools();
    expect(Object.keys(tools)).toHaveLength(7);
    await workTheInbox(async (name, given) => {
      const result = (await tools[name]?.execute?.(given, { toolCallId: '1', messages: [] })) as {
        content: { text: string }[];
      };
      return result.content[0]?.text ?? '';
    });
    await client.close();
  });

  it('the OpenAI Agents SDK takes every schema through its strict conversion and calls each tool', async () => {
    const server = new MCPServerStdio({ command: process.execPath, args, cacheToolsList: true });
    await server.connect();
    const tools = await getAllMcpTools({ mcpServers: [server], convertSchemasToStrict: true });
    expect(tools).toHaveLength(7);
    // Free-form custom data cannot be strict: those tools fall back, the others must not.
    const strict = Object.fromEntries(
      tools.map((tool) => [tool.name, tool.type === 'function' && tool.strict]),
    );
    expect(strict).toMatchObject({
      list_sessions: true,
      search_sessions: true,
      get_session: true,
      get_session_history: true,
    });
    await workTheInbox(async (name, given) => {
      const tool = tools.find((one) => one.name === name);
      if (tool?.type !== 'function') throw new Error(`${name} is no function tool`);
      const parameters = Object.keys((tool.parameters as { properties: object }).properties);
      // In strict mode a model sends every parameter, with null for those that it has no value for.
      const all = tool.strict
        ? { ...Object.fromEntries(parameters.map((key) => [key, null])), ...given }
        : given;
      return JSON.stringify(await tool.invoke(new RunContext(), JSON.stringify(all)));
    });
    await server.close();
  });
});
