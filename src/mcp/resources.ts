import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { SessionChannel, SessionStatus } from '../contract/primitives.ts';
import type { FailureOutcome } from '../pipeline/call.ts';
import { bareToken, isToken } from '../presenters/rendering/quoting.ts';
import type { AnyTool } from '../tools/index.ts';
import type { FinalOutcome } from './elicitation.ts';
import { type ListRecent, type RecentSession, type RecentSessions, sessionsOf } from './recent-sessions.ts';

const mimeType = 'text/plain';

/** The resources of a session, and the tool call that provides the content of each. */
const pages = [
  {
    name: 'session',
    title: 'Support session',
    description: 'State, identity and newest messages of one support session',
    suffix: '',
    tool: 'get_session',
    arguments: { history_limit: 10 },
  },
  {
    name: 'transcript',
    title: 'Transcript of a support session',
    description: 'The newest messages of one support session in reading order',
    suffix: '/transcript',
    tool: 'get_session_history',
    arguments: { limit: 50 },
  },
] as const;

/** Calls a read tool, without progress. */
export type ReadTool = (tool: AnyTool, callArguments: object, signal: AbortSignal) => Promise<FinalOutcome>;

/**
 * Registers sessions and their transcripts as resources, which are read by calling tools. A resource whose tool is not
 * offered is left out. Without list_sessions, no session is listed or completed. The list is empty if the API is silent.
 */
export function registerResources(
  mcp: McpServer,
  tools: readonly AnyTool[],
  read: ReadTool,
  listRecent: ListRecent,
  recentSessions: RecentSessions,
): void {
  const canList = tools.some(({ name }) => name === 'list_sessions');
  for (const { name, title, description, suffix, tool: toolName, arguments: fixed } of pages) {
    const tool = tools.find((one) => one.name === toolName);
    if (tool === undefined) continue;
    const template = new ResourceTemplate(`opencx://sessions/{session_id}${suffix}`, {
      // Each session is listed once; listing its transcript too would double the list and tell nothing more.
      list:
        canList && suffix === ''
          ? async ({ signal }) => {
              const outcome = await listRecent(signal);
              // The list is only an offer. Some clients do not start before they have it.
              if (outcome.kind === 'failure' && outcome.isTimeout) return { resources: [] };
              if (outcome.kind === 'failure') throw protocolError(outcome);
              // An id that is not a plain token makes no address.
              return {
                resources: sessionsOf(outcome.view)
                  .filter(({ id }) => isToken(id))
                  .map(listed),
              };
            }
          : undefined,
      complete: canList ? { session_id: (prefix) => recentSessions.idsStartingWith(prefix, listRecent) } : {},
    });
    const metadata = { title, description, mimeType };
    mcp.registerResource(name, template, metadata, async ({ href }, { session_id }, { signal }) => {
      const outcome = await read(tool, { session_id, ...fixed }, signal);
      if (outcome.kind === 'failure') throw protocolError(outcome);
      return { contents: [{ uri: href, mimeType, text: outcome.text }] };
    });
  }
}

/**
 * Contains no customer text and only words that are documented: clients show this list without a boundary around it.
 */
function listed({ id, ticket_number, status, channel, updated_at }: RecentSession) {
  const name = ticket_number === undefined ? `session ${bareToken(id)}` : `session #${ticket_number}`;
  return {
    uri: `opencx://sessions/${id}`,
    name,
    title: [name, documented(SessionStatus, status), documented(SessionChannel, channel)]
      .filter(Boolean)
      .join(', '),
    description: Number.isNaN(Date.parse(updated_at))
      ? 'Time of the last change not known'
      : `Last changed ${updated_at}`,
  };
}

function documented(words: typeof SessionStatus | typeof SessionChannel, word: string): string | undefined {
  return words.safeParse(word).success ? word : undefined;
}

/** An unknown session is an error of the request (MCP, SEP-2164); everything else is an error of this server. */
function protocolError({ text, isInput }: FailureOutcome): McpError {
  return new McpError(isInput ? ErrorCode.InvalidParams : ErrorCode.InternalError, text);
}
