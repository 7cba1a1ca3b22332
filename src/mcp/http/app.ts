import { type AuthInfo, createMcpHandler, isLegacyRequest, type Server } from '@modelcontextprotocol/server';
import { Hono } from 'hono';
import { recordRefusal } from '../../pipeline/call.ts';
import type { CallsUnderWay } from '../../pipeline/calls-under-way.ts';
import type { Telemetry } from '../../pipeline/telemetry.ts';
import type { RawArguments } from '../v1/raw-arguments.ts';
import { answerAsJson, hasOneAnswer } from '../v2/answer-as-json.ts';
import type { SendApproval } from '../v2/send-approval.ts';
import { mountServer } from '../v2/server.ts';
import { admit, scopeProblem, type Visit } from './admission.ts';
import { readBody } from './body.ts';
import { isCardSession, withCardSession } from './card-session.ts';
import { dependenciesOf } from './dependencies.ts';
import type { Principals } from './principals.ts';
import { metadataPath, metadataUrl, resourceMetadata } from './protected-resource.ts';
import { httpError } from './responses.ts';
import { foreignRequest, type Site } from './site.ts';
import { principalId, type Team } from './team.ts';
import { whoami } from './whoami.ts';

/** Whether requests should be sent here, and what does not work. Anybody may read it. */
export interface Readiness {
  readonly isReady: boolean;
  readonly problems: readonly string[];
  readonly note?: string;
}

export interface HttpOptions {
  readonly version: string;
  readonly site: Site;
  /** The team that is served now. */
  team(): Team;
  readonly principals: Principals;
  readonly approval: SendApproval;
  readonly callsUnderWay: CallsUnderWay;
  /** Longest time of one call in milliseconds, everything included. */
  readonly callTimeoutMs: number;
  readonly telemetry?: Telemetry | undefined;
  readiness(): Promise<Readiness>;
  /** Makes the server of one request. Default: this program's. */
  readonly mount?: typeof mountServer;
  /** Called with requests that were refused by the protocol, and with errors of this server. */
  onError?(error: Error): void;
}

/** So that no proxy takes a stream for idle. */
const keepAliveMs = 15_000;

/** A request that was let in, for the server that is made for it. */
interface Exchange extends Visit {
  readonly rawArguments?: RawArguments | undefined;
  /** As the client names it. */
  readonly protocolVersion: string | undefined;
  readonly canShowCard: boolean;
}

/**
 * The HTTP door: Streamable HTTP at `/mcp/w/<workspace>`, in version 2026-07-28 of the protocol and, without sessions, the
 * older ones. Each request gets a server of its own. The token stops here: nothing behind it sees it.
 */
export function httpApp(options: HttpOptions): { fetch(request: Request): Promise<Response> } {
  const { version, site, principals, approval, callsUnderWay, callTimeoutMs, mount = mountServer } = options;
  const serverOf = (
    { grant, offer, rawArguments, protocolVersion, canShowCard }: Exchange,
    era: 'legacy' | 'modern',
  ): Server => {
    const id = principalId(grant);
    return mount(
      {
        version,
        offer,
        dependencies: { telemetry: options.telemetry, ...dependenciesOf(grant) },
        door: { transport: 'http', protocolVersion },
        principal: principals.of(id),
        principalId: id,
        approval,
        canShowCard,
        takeArguments: (requestId) => rawArguments?.take(requestId),
        callsUnderWay,
        callTimeoutMs,
      },
      era,
    );
  };
  const handler = createMcpHandler(({ era, authInfo }) => serverOf(exchangeOf(authInfo), era), {
    keepAliveMs,
    ...(options.onError && { onerror: options.onError }),
  });

  async function serveWhoami(request: Request, workspace: string | undefined): Promise<Response> {
    const team = options.team();
    const visit = await admit(request, workspace, team, metadataUrl(team, workspace));
    return visit instanceof Response ? visit : whoami(visit);
  }

  async function serveMcp(request: Request, workspace: string | undefined): Promise<Response> {
    const team = options.team();
    const signInAt = metadataUrl(team, workspace);
    const visit = await admit(request, workspace, team, signInAt);
    if (visit instanceof Response) return visit;
    const body = await readBody(request);
    if (body instanceof Response) return body;
    const messages = Array.isArray(body?.message) ? body.message : [body?.message];
    for (const message of messages) {
      const problem = scopeProblem(visit, message, signInAt);
      if (problem === undefined) continue;
      const { id, params } = message as { id: string | number; params: { name: string } };
      const given = body?.rawArguments.take(id);
      await callsUnderWay.track(recordRefusal(params.name, given, dependenciesOf(visit.grant)));
      return problem;
    }
    const exchange: Exchange = {
      ...visit,
      rawArguments: body?.rawArguments,
      protocolVersion: request.headers.get('mcp-protocol-version') ?? undefined,
      canShowCard: isCardSession(request.headers),
    };
    const response = await answer(request, body?.message, exchange);
    return withCardSession(body?.message, response);
  }

  async function answer(request: Request, message: unknown, exchange: Exchange): Promise<Response> {
    // The SDK hands it to the server; the token is not part of it.
    const authInfo = { token: '', clientId: exchange.grant.subject, scopes: [], extra: { exchange } };
    if (hasOneAnswer(message) && (await isLegacyRequest(request, message)))
      return answerAsJson(serverOf(exchange, 'legacy'), request, { message, authInfo });
    return handler.fetch(request, { authInfo, ...(message !== undefined && { parsedBody: message }) });
  }

  const app = new Hono();
  app.use(async ({ req }, next) => {
    const problem = foreignRequest(req.raw.headers, site);
    if (problem !== undefined) return httpError(403, 'forbidden', problem);
    return next();
  });
  app.get('/healthz', () => Response.json({ status: 'ok' }));
  app.get('/readyz', async () => {
    const { isReady, problems, note } = await options.readiness();
    const status = !isReady ? 'not ready' : problems.length > 0 ? 'degraded' : 'ready';
    return Response.json(
      { status, ...(problems.length > 0 && { problems }), ...(note !== undefined && { note }) },
      { status: isReady ? 200 : 503 },
    );
  });
  app.all('/mcp', ({ req }) => serveMcp(req.raw, undefined));
  app.all('/mcp/w/:workspace', ({ req }) => serveMcp(req.raw, req.param('workspace')));
  app.get('/mcp/whoami', ({ req }) => serveWhoami(req.raw, undefined));
  app.get('/mcp/w/:workspace/whoami', ({ req }) => serveWhoami(req.raw, req.param('workspace')));
  const nothing = () => httpError(404, 'not_found', 'Nothing is served at this address.');
  const serveMetadata = (workspace: string | undefined) => {
    const metadata = resourceMetadata(options.team(), workspace);
    return metadata === undefined ? nothing() : Response.json(metadata);
  };
  for (const path of [metadataPath, `${metadataPath}/mcp`]) app.get(path, () => serveMetadata(undefined));
  app.get(`${metadataPath}/mcp/w/:workspace`, ({ req }) => serveMetadata(req.param('workspace')));
  app.notFound(nothing);
  app.onError((error) => {
    options.onError?.(error);
    return httpError(500, 'internal', 'Internal error. The log of the server has the details.');
  });
  return { fetch: async (request) => app.fetch(request) };
}

function exchangeOf(authInfo: AuthInfo | undefined): Exchange {
  const exchange = authInfo?.extra?.['exchange'];
  if (exchange === undefined) throw new Error('A request reached the protocol without being let in.');
  return exchange as Exchange;
}
