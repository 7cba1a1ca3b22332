import { tools } from '../../tools/index.ts';
import type { Offer } from '../offer.ts';
import { challenge, httpError } from './responses.ts';
import { allScopes, type Grant, scopesOf, type Team } from './team.ts';

/** Someone who was let in, with one request. */
export interface Visit {
  readonly grant: Grant;
  readonly offer: Offer;
}

/** Narrows a request to tools that only read. Nothing in a request can widen it. */
const readOnlyHeader = 'opencx-read-only';

/**
 * Lets a request in, or refuses it.
 * @param workspace the one in the address; undefined at the address without one.
 * @param metadataUrl where a client finds out how to sign in, if people can.
 */
export async function admit(
  { headers }: Request,
  workspace: string | undefined,
  team: Team,
  metadataUrl?: string,
): Promise<Visit | Response> {
  const token = bearerOf(headers.get('authorization'));
  const refuse = (message: string, error?: 'invalid_token') =>
    challenge({ message, resourceMetadata: metadataUrl, ...(error !== undefined && { error }) });
  if (token === undefined && team.anyone === undefined) {
    return refuse(
      headers.has('authorization')
        ? 'The Authorization header must be: Bearer, a space, and a token.'
        : 'A token is required: send it as Authorization: Bearer TOKEN. The administrators of this server hand them out.',
    );
  }
  const grant = token === undefined ? team.anyone : await team.authenticate(token);
  if (grant === undefined)
    return refuse(
      'The token is not known, or no longer valid. Ask the administrators for another.',
      'invalid_token',
    );
  const own = grant.workspace.id;
  if (workspace === undefined && team.workspaces.size > 1) {
    return httpError(
      404,
      'not_found',
      `This server has several workspaces. Use /mcp/w/${own} with this token.`,
    );
  }
  // The same answer whether the other one exists or not.
  if (workspace !== undefined && workspace !== own)
    return httpError(403, 'forbidden', `This token is for another workspace. Use it at /mcp/w/${own}.`);
  const offer = wantsReadOnly(headers) ? grant.role.readOnlyOffer : grant.role.offer;
  if (offer !== undefined) return { grant, offer };
  return httpError(
    403,
    'forbidden',
    `Your role has no tool that only reads, and ${readOnlyHeader} asks for those.`,
  );
}

/**
 * Refuses a call of a tool that the role lacks because it only reads. A tool that is missing for other reasons is answered
 * as one that does not exist.
 */
export function scopeProblem({ grant }: Visit, message: unknown, metadataUrl?: string): Response | undefined {
  const { method, params } = Object(message) as { method?: unknown; params?: unknown };
  if (method !== 'tools/call') return undefined;
  const { name } = Object(params) as { name?: unknown };
  const tool = tools.find((one) => one.name === name);
  if (!tool?.effect.write || scopesOf(grant.role).includes('sessions:write')) return undefined;
  return challenge({
    error: 'insufficient_scope',
    message: `${tool.name} changes something, and your role only reads.`,
    scopes: allScopes,
    resourceMetadata: metadataUrl,
  });
}

function bearerOf(header: string | null): string | undefined {
  const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(header?.trim() ?? '') ?? [];
  return token;
}

/** Any value narrows, except one that clearly means no. */
function wantsReadOnly(headers: Headers): boolean {
  const value = headers.get(readOnlyHeader);
  return value !== null && !/^(?:0|false|no|off)?$/i.test(value.trim());
}
