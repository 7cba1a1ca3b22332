import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { Outcome } from '../pipeline/call.ts';
import { bareToken, isToken } from '../presenters/rendering/quoting.ts';
import type { AnyTool } from '../tools/index.ts';
import type { RecentSession, RecentSessions } from './recent-sessions.ts';

const mimeType = 'text/plain';

/** A session's page, and what a tool is asked for it. */
const pages = [
  {
    name: 'session',
    title: 'Support session',
    description: 'State, identity and newest messages of one support session',
    suffix: '',
    tool: 'get_session',
    given: { history_limit: 10 },
  },
  {
    name: 'transcript',
    title: 'Transcript of a support session',
    description: 'The newest messages of one support session in reading order',
    suffix: '/transcript',
    tool: 'get_session_history',
    given: { limit: 50 },
  },
] as const;

/**
 * Offers sessions and their transcripts as resources, read by the tools of the same content. What an operator has
 * taken out of the tools is no resource either, and without list_sessions none is listed or completed.
 * @param read calls a tool, with its limits and its log.
 */
export function registerResources(
  mcp: McpServer,
  tools: readonly AnyTool[],
  recent: RecentSessions,
  read: (tool: AnyTool, given: object, signal: AbortSignal) => Promise<Outcome>,
): void {
  const canList = tools.some(({ name }) => name === 'list_sessions');
  for (const { name, title, description, suffix, tool: toolName, given } of pages) {
    const tool = tools.find((one) => one.name === toolName);
    if (tool === undefined) continue;
    const template = new ResourceTemplate(`opencx://sessions/{session_id}${suffix}`, {
      // Each session once, by its main page: a list of twice as many would tell nothing more.
      list:
        canList && suffix === ''
          ? async ({ signal }) => {
              const sessions = await recent.list(signal, protocolError);
              // What is no plain word makes no address.
              return { resources: sessions.filter(({ id }) => isToken(id)).map(listed) };
            }
          : undefined,
      complete: canList ? { session_id: (beginning) => recent.idsLike(beginning) } : {},
    });
    const metadata = { title, description, mimeType };
    mcp.registerResource(name, template, metadata, async ({ href }, { session_id }, { signal }) => {
      const outcome = await read(tool, { session_id, ...given }, signal);
      if (!outcome.ok) throw protocolError(outcome);
      return { contents: [{ uri: href, mimeType, text: outcome.text }] };
    });
  }
}

/** Nothing of it was written by a customer: clients show this list without a boundary around it. */
function listed({ id, ticket_number, status, channel, updated_at }: RecentSession) {
  const name = ticket_number === undefined ? `session ${bareToken(id)}` : `session #${ticket_number}`;
  return {
    uri: `opencx://sessions/${id}`,
    name,
    title: `${name}, ${bareToken(status)}, ${bareToken(channel)}`,
    description: `Updated ${bareToken(updated_at)}`,
  };
}

/**
 * An unknown session is a fault of the request, as MCP's own list of errors has it since SEP-2164; whatever else
 * failed is one of this side.
 */
function protocolError({ text, isInput }: Outcome & { ok: false }): McpError {
  return new McpError(isInput ? ErrorCode.InvalidParams : ErrorCode.InternalError, text);
}
