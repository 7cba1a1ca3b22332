import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

export const toolCount = 10;

/**
 * Starts the server with its sandbox and calls each tool, the HTML mail included.
 * @returns the number of calls.
 * @throws if an answer is not as expected, or a tool was not called.
 */
export async function callEveryTool(command, args, home) {
  const client = new Client({ name: 'compat', version: '1.0.0' });
  const env = { PATH: process.env.PATH ?? '', HOME: home };
  await client.connect(new StdioClientTransport({ command, args, env }));
  let calls = 0;
  const left = new Set((await client.listTools()).tools.map(({ name }) => name));
  if (left.size !== toolCount) throw new Error(`It offers ${left.size} tools.`);
  const call = async (name, given, expected) => {
    const result = await client.callTool({ name, arguments: given });
    const text = JSON.stringify(result);
    if (result.isError || !text.includes(expected) || text.includes('could not be read'))
      throw new Error(`${name} answers ${text}`);
    calls += 1;
    left.delete(name);
    return result.structuredContent;
  };
  try {
    await call('list_sessions', { limit: 5, include_last_message: true }, '5 sessions');
    await call('search_sessions', { query: 'refund' }, 'sessions with matching messages');
    await call('count_sessions', { group_by: ['status'] }, 'Complete');
    // Mail in HTML is read in a thread of its own.
    await call('find_messages', { since: '3650d', channel_type: 'email', limit: 50 }, 'email');
    const { id } = await call('create_session', { contact: { name: 'Ada' } }, 'Created');
    const attachments = [{ name: 'note.txt', base64: 'SGVsbG8=', mime_type: 'text/plain' }];
    const message = { session_id: id, sender: 'contact', text: 'Hello there', attachments };
    await call('send_message', message, 'sent');
    await call('get_attachment', { session_id: id, attachment: 'note.txt' }, 'Hello');
    await call('get_session_history', { session_id: id }, 'Hello there');
    await call('update_session', { session_id: id, status: 'closed_resolved' }, 'closed_resolved');
    await call('get_session', { session_id: id, history_limit: 5 }, 'closed_resolved');
    if (left.size > 0) throw new Error(`Not called: ${[...left].join(', ')}`);
    return calls;
  } finally {
    await client.close();
  }
}
