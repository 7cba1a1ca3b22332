import { tools } from '../../tools/index.ts';
import type { Offer } from '../offer.ts';
import { challenge, httpError } from './responses.ts';
import { allScopes, type Grant, type Rejection, scopesOf, type Team } from './team.ts';

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
  const signIn = metadataUrl === undefined ? {} : { resourceMetadata: metadataUrl, scopes: allScopes };
  const refuse = (message: string, error?: 'invalid_token') =>
    challenge({ message, ...signIn, ...(error !== undefined && { error }) });
  if (token === undefined && team.anyone === undefined) {
    return refuse(
      headers.has('authorization')
        ? 'The Authorization header must be: Bearer, a space, and a token.'
        : `A token is required: send it as Authorization: Bearer TOKEN. ${metadataUrl === undefined ? 'The administrators of this server hand them out' : 'Clients get one by sign-in'}.`,
    );
  }
  const grant = token === undefined ? team.anyone : await team.authenticate(token, workspace);
  if (grant === undefined)
    return refuse(
      'The token is not known, or no longer valid. Ask the administrators for another.',
      'invalid_token',
    );
  if ('reason' in grant)
    return grant.reason === 'invalid' ? refuse(grant.message, 'invalid_token') : rejected(grant);
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
  const allowed = offerTo(grant);
  if (allowed === undefined)
    return tooFewScopes('The scopes of the token allow nothing that your role has.', metadataUrl);
  const offer = wantsReadOnly(headers) ? grant.role.readOnlyOffer : allowed;
  if (offer !== undefined) return { grant, offer };
  return httpError(
    403,
    'forbidden',
    `Your role has no tool that only reads, and ${readOnlyHeader} asks for those.`,
  );
}

/** What the scopes of a token leave of the role; undefined if nothing. */
export function offerTo(grant: Grant): Offer | undefined {
  if (!hasScope(grant, 'sessions:read')) return undefined;
  return hasScope(grant, 'sessions:write') ? grant.role.offer : grant.role.readOnlyOffer;
}

/** For tokens of which the bearer would get another one like it. */
function rejected({ reason, message }: Rejection): Response {
  if (reason !== 'unavailable') return httpError(reason === 'not_found' ? 404 : 403, reason, message);
  const response = httpError(503, reason, message);
  response.headers.set('Retry-After', '30');
  return response;
}

/** Whether the token allows this much. One without scopes allows what the role does. */
export function hasScope({ scopes }: Grant, scope: (typeof allScopes)[number]): boolean {
  return scopes === undefined || scopes.includes(scope);
}

/** Names all scopes: a client that asks for the missing one only would lose the others. */
function tooFewScopes(message: string, metadataUrl: string | undefined): Response {
  return challenge({
    error: 'insufficient_scope',
    message,
    scopes: allScopes,
    resourceMetadata: metadataUrl,
  });
}

/**
 * Refuses a call of a tool that the role, or the token, lacks because it only reads. A tool that is missing for other reasons is answered
 * as one that does not exist.
 */
export function scopeProblem({ grant }: Visit, message: unknown, metadataUrl?: string): Response | undefined {
  const { method, params } = Object(message) as { method?: unknown; params?: unknown };
  if (method !== 'tools/call') return undefined;
  const { name } = Object(params) as { name?: unknown };
  const tool = tools.find((one) => one.name === name);
  if (!tool?.effect.write) return undefined;
  if (!scopesOf(grant.role).includes('sessions:write')) {
    // No scopes help: a client that is told to ask for some would do so without end, and hide the reason.
    return httpError(403, 'forbidden', `${tool.name} changes something, and your role only reads.`);
  }
  if (hasScope(grant, 'sessions:write')) return undefined;
  return tooFewScopes(`${tool.name} changes something, and the token lacks sessions:write.`, metadataUrl);
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
