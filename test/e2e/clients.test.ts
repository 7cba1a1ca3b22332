import { createMCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport as StdioTransport } from '@ai-sdk/mcp/mcp-stdio';
import { getAllMcpTools, MCPServerStdio, RunContext } from '@openai/agents-core';
import { describe, expect, it } from 'vitest';
import { expectEveryTool, toolNames } from '../support/every-tool/covers-every-tool.ts';
import { program } from '../support/program/program.ts';

const args = [program, '--sandbox', ':memory:'];

/** A PNG of one pixel. */
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

type Call = (name: string, given: Record<string, unknown>) => Promise<string>;

/** Calls each tool once. */
async function callEveryTool(send: Call): Promise<void> {
  const called = new Set<string>();
  const call: Call = (name, given) => {
    called.add(name);
    return send(name, given);
  };
  expect(await call('list_sessions', { status: 'open', limit: '5' })).toContain(
    '5 sessions, and there are more',
  );
  expect(await call('search_sessions', { query: 'refund' })).toContain('sessions with matching messages');
  expect(await call('count_sessions', { group_by: ['status'] })).toContain('Complete: read');
  const created = await call('create_session', { contact: { name: 'Ada', email: 'ada@example.com' } });
  const session_id = /[0-9a-f-]{36}/.exec(created)?.[0] ?? '';
  const attachments = [{ name: 'shot.png', base64: png, mime_type: 'image/png' }];
  expect(
    await call('send_message', { session_id, sender: 'contact', text: 'Hello there', attachments }),
  ).toContain('Sent to session');
  expect(await call('get_attachment', { session_id, attachment: 'shot.png' })).toContain('image/png image');
  expect(await call('get_session', { session_id, history_limit: 1 })).toContain('claimed: name');
  expect(await call('get_session_history', { session_id })).toContain('|   Hello there');
  expect(await call('find_messages', { since: '1h', contains: 'hello there' })).toContain('|   Hello there');
  expect(await call('update_session', { session_id, status: 'closed_resolved' })).toContain(
    'is now closed_resolved',
  );
  expectEveryTool(called, 'callEveryTool of test/e2e/clients.test.ts');
}

describe('third-party clients', () => {
  it('the AI SDK lists the tools and calls each one', async () => {
    const client = await createMCPClient({
      transport: new StdioTransport({ command: process.execPath, args }),
    });
    const tools = await client.tools();
    expect(Object.keys(tools)).toEqual(toolNames);
    await callEveryTool(async (name, given) => {
      const result = (await tools[name]?.execute?.(given, { toolCallId: '1', messages: [] })) as {
        content: { text: string }[];
      };
      return result.content[0]?.text ?? '';
    });
    await client.close();
  });

  it('the OpenAI Agents SDK converts every schema to strict mode and calls each tool', async () => {
    const server = new MCPServerStdio({ command: process.execPath, args, cacheToolsList: true });
    await server.connect();
    const tools = await getAllMcpTools({ mcpServers: [server], convertSchemasToStrict: true });
    expect(tools.map(({ name }) => name)).toEqual(toolNames);
    // Tools with free-form custom data cannot be strict; the others must be.
    const strict = Object.fromEntries(
      tools.map((tool) => [tool.name, tool.type === 'function' && tool.strict]),
    );
    expect(strict).toMatchObject({
      list_sessions: true,
      search_sessions: true,
      get_session: true,
      get_session_history: true,
      count_sessions: true,
      find_messages: true,
      get_attachment: true,
    });
    await callEveryTool(async (name, given) => {
      const tool = tools.find((one) => one.name === name);
      if (tool?.type !== 'function') throw new Error(`${name} is not a function tool`);
      const parameters = Object.keys((tool.parameters as { properties: object }).properties);
      // In strict mode, models send every parameter, and null for those without a value.
      const all = tool.strict
        ? { ...Object.fromEntries(parameters.map((key) => [key, null])), ...given }
        : given;
      return JSON.stringify(await tool.invoke(new RunContext(), JSON.stringify(all)));
    });
    await server.close();
  });
});
