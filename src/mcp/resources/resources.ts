import { SessionChannel, SessionStatus } from '../../contract/primitives.ts';
import type { FailureOutcome } from '../../pipeline/call.ts';
import { bareToken, isToken } from '../../presenters/rendering/quoting.ts';
import { cleanLine } from '../../text/clean.ts';
import type { AnyTool } from '../../tools/index.ts';
import { errorCode, RequestError } from '../request-error.ts';
import type { FinalOutcome } from '../tool-result.ts';
import { type RecentSession, sessionsOf } from './recent-sessions.ts';

const mimeType = 'text/plain';

/** The resources of a session, and the tool call that provides the content of each. */
const pages = [
  {
    name: 'session',
    title: 'Support session',
    description: 'State, identity and newest messages of one support session',
    suffix: '',
    tool: 'get_session',
    fixed: { history_limit: 10 },
  },
  {
    name: 'transcript',
    title: 'Transcript of a support session',
    description: 'The newest messages of one support session in reading order',
    suffix: '/transcript',
    tool: 'get_session_history',
    fixed: { limit: 50 },
  },
] as const;

/** A kind of resource, and how it is read. */
export interface ResourceTemplate {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly uriTemplate: string;
  /** What follows the id of the session in the address. */
  readonly suffix: string;
  readonly tool: AnyTool;
  /** Arguments of the tool, beside the session. */
  readonly fixed: object;
}

/**
 * Sessions and their transcripts as resources, which are read by calling tools. A resource whose tool is not offered is
 * left out.
 */
export function templatesFor(tools: readonly AnyTool[]): ResourceTemplate[] {
  return pages.flatMap(({ tool: toolName, ...page }) => {
    const tool = tools.find((one) => one.name === toolName);
    return tool === undefined
      ? []
      : [{ ...page, tool, uriTemplate: `opencx://sessions/{session_id}${page.suffix}` }];
  });
}

/** A template as `resources/templates/list` describes it. */
export function describeTemplate({ name, title, description, uriTemplate }: ResourceTemplate) {
  return { name, uriTemplate, title, description, mimeType };
}

/** The template that an address belongs to, and the session in it. */
export function matchUri(
  templates: readonly ResourceTemplate[],
  uri: string,
): { template: ResourceTemplate; sessionId: string } | undefined {
  const [, sessionId, suffix = ''] = /^opencx:\/\/sessions\/([^/,]+)(\/transcript)?$/.exec(uri) ?? [];
  const template = templates.find((one) => one.suffix === suffix);
  return sessionId === undefined || template === undefined ? undefined : { template, sessionId };
}

/** The result of `resources/read`. */
export function resourceResult(uri: string, outcome: FinalOutcome) {
  if (outcome.kind === 'failure') throw protocolError(outcome, uri);
  return { contents: [{ uri, mimeType, text: outcome.text }] };
}

/**
 * The result of `resources/list`: each recent session once. Its transcript would double the list and tell nothing more.
 * The list is only an offer, which some clients wait for before they start. So it is empty if the API is silent.
 */
export function resourceList(outcome: FinalOutcome) {
  if (outcome.kind === 'failure' && outcome.isTimeout) return { resources: [] };
  if (outcome.kind === 'failure') throw protocolError(outcome);
  return {
    resources: sessionsOf(outcome.view)
      // An id that is not a plain token makes no address.
      .filter(({ id }) => isToken(id))
      .map(listed),
  };
}

/**
 * Contains no customer text and only words that are documented: clients show this list without a boundary around it.
 */
function listed({ id, ticket_number, status, channel, updated_at }: RecentSession) {
  const [page] = pages;
  const name = ticket_number === undefined ? `session ${bareToken(id)}` : `session #${ticket_number}`;
  return {
    mimeType,
    uri: `opencx://sessions/${id}${page.suffix}`,
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

/**
 * An unknown session is an error of the request, and names the resource (MCP, SEP-2164); everything else is an error of
 * this server.
 */
function protocolError({ text, isInput }: FailureOutcome, uri?: string): RequestError {
  const data = uri === undefined ? undefined : { uri: cleanLine(uri) };
  return new RequestError(isInput ? errorCode.invalidParams : errorCode.internal, text, data);
}
