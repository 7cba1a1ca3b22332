import { randomBytes } from 'node:crypto';
import { baseUrlProblem } from '../../client/base-url.ts';
import { httpApp } from '../../mcp/http/app.ts';
import { type Listener, listen } from '../../mcp/http/listen.ts';
import { Principals } from '../../mcp/http/principals.ts';
import { isLoopback } from '../../mcp/http/site.ts';
import { sendApproval } from '../../mcp/v2/send-approval.ts';
import { CallsUnderWay } from '../../pipeline/calls-under-way.ts';
import { memoryApprovals } from '../../state/memory/approvals.ts';
import { SharedBound } from '../../state/memory/shared-bound.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { type Environment, environmentWarnings } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { openAuditLog } from '../setup/audit-log.ts';
import { redactCrashes } from '../setup/crashes.ts';
import { listenProblem } from '../setup/listen-problem.ts';
import { createLogger } from '../setup/logger.ts';
import { newPrincipal } from '../setup/new-principal.ts';
import { notShared, readinessOf } from '../setup/readiness.ts';
import { openServices, type Services, secretsOf } from '../setup/shared-state.ts';
import { clientEntries } from '../team/client-entries.ts';
import { withTeamInbox } from '../team/inbox/inbox-on-demand.ts';
import type { OpenTeam } from '../team/open-team.ts';
import type { Host } from '../team/open-workspace.ts';
import { type ServedTeam, serveTeam } from '../team/serve-team.ts';
import type { Budget } from '../telemetry/metrics.ts';
import { openTelemetry } from '../telemetry/open-telemetry.ts';

/** Time beyond the longest call for its answer to be written. */
const writeMs = 2000;

/**
 * Serves a team over HTTP until a SIGTERM or SIGINT arrives. SIGHUP reads the team file again.
 * @throws ConfigurationError when the settings or the team file cannot be used; then nothing is served.
 */
export async function runHttp(settings: Settings<'http'>, env: Environment, version: string): Promise<void> {
  const secrets: string[] = [];
  const logger = createLogger(settings.logLevel, secrets);
  redactCrashes(secrets);
  const audit = settings.auditLog === undefined ? undefined : await openAuditLog(settings.auditLog);
  for (const url of [settings.databaseUrl, settings.redisUrl]) if (url) secrets.push(...secretsOf(url));
  const services = await openServices(settings);
  const { database, redis } = services;
  const approvalKey = await sharedKey('approvals', services);
  const inboxKey = await sharedKey('inbox', services);
  redis?.ready().catch((err) => logger.warn({ err }, 'this replica takes only a share of each budget'));
  const host: Host = { settings, env, logger, version, audit, services, secrets };
  const team = await serveTeam(host).catch(async (error) => {
    await services.close();
    throw error;
  });
  const telemetry = await openTelemetry(settings, env, version, () => budgetsOf(team.current())).catch(
    async (error) => {
      await team.close();
      await services.close();
      throw error;
    },
  );
  for (const warning of environmentWarnings(env)) {
    if (!team.usesVariable(warning.split(' ')[0] ?? '')) logger.warn(warning);
  }
  let isDraining = false;
  const callsUnderWay = new CallsUnderWay();
  const histories = new SharedBound();
  const principals = new Principals((person) =>
    newPrincipal({ person, histories, shared: redis && { lastRead: redis.lastRead(person) } }),
  );
  const app = httpApp({
    version,
    site: { host: settings.host, publicUrl: settings.publicUrl },
    team: () => team.current(),
    principals,
    approval: sendApproval(approvalKey, database?.approvals('team') ?? memoryApprovals()),
    callsUnderWay,
    callTimeoutMs: settings.callTimeoutMs,
    telemetry: telemetry.telemetry,
    readiness: readinessOf(services, () => isDraining),
    onError: (err) => logger.info({ reason: err.message }, 'request refused, or failed'),
  });
  const inbox = withTeamInbox(
    {
      team: () => team.current(),
      key: inboxKey,
      principals,
      callsUnderWay,
      telemetry: telemetry.telemetry,
      timeoutMs: settings.callTimeoutMs,
      logger,
    },
    app.fetch,
  );
  let listener: Listener;
  try {
    listener = await listen(inbox.fetch, settings, { ownsProcess: true });
  } catch (error) {
    await telemetry.close();
    await team.close();
    await services.close();
    throw new ConfigurationError(listenProblem(error as NodeJS.ErrnoException, settings));
  }
  const { metricsUrl } = telemetry;
  const own = notShared(services);
  logger.info({ url: listener.url, metrics: metricsUrl }, 'listening');
  if (settings.publicUrl && baseUrlProblem(settings.publicUrl) !== undefined)
    logger.warn(
      `tokens are sent to ${settings.publicUrl} in clear text: --public-url should begin with https`,
    );
  // Without a file there is nothing to read again, and a closed terminal ends the server as usual.
  if (settings.team) process.on('SIGHUP', () => void team.reload());
  // Whoever reads that it is ready may end it at once.
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  process.stdout.write(
    banner(settings.publicUrl ?? listener.url, team, [
      ...(settings.publicUrl ? [`Listening on ${listener.url}`] : []),
      ...(own ? [`${own.note}, or set ${own.settings.join(' and ')}.`] : []),
      ...(metricsUrl ? [`Metrics: ${metricsUrl}`] : []),
    ]),
  );

  await stopped;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
  isDraining = true;
  logger.info('draining');
  process.stdout.write('Stopping when the calls under way have ended. Press Ctrl-C again to stop at once.\n');
  listener.dismiss();
  // On loopback there is no load balancer.
  if (!isLoopback(settings.host)) await listener.untilLeft();
  inbox.close();
  const cut = setTimeout(() => listener.cut(), settings.callTimeoutMs + writeMs);
  await listener.close();
  clearTimeout(cut);
  // Calls that were aborted still record their outcome.
  await callsUnderWay.idle();
  await telemetry.close();
  await team.close();
  await services.close();
  logger.info('stopped');
  await logger.flushed();
  process.exit(0);
}

/**
 * A key for what is given to clients and browsers: any replica may be shown what another one signed.
 * @throws ConfigurationError if it cannot be read.
 */
async function sharedKey(name: string, { database, close }: Services): Promise<Uint8Array> {
  try {
    return (await database?.signingKey(name)) ?? randomBytes(32);
  } catch (error) {
    await close();
    throw new ConfigurationError(`OPENCX_DATABASE_URL: ${(error as Error).message}.`);
  }
}

/** Budgets of workspaces that have one. */
function budgetsOf({ workspaces }: OpenTeam): Budget[] {
  return [...workspaces.values()].flatMap(({ id, budget }) =>
    budget ? [{ workspace: id, remaining: () => budget.remaining() }] : [],
  );
}

function banner(url: string, { current, token }: ServedTeam, notices: readonly string[]): string {
  const { workspaces, inbox } = current();
  const paths = workspaces.size === 1 ? [''] : [...workspaces.keys()].map((id) => `/w/${id}`);
  const addresses = paths.map((path) => `${url}/mcp${path}`);
  return [
    `OpenCX sessions over MCP: ${addresses.join(', ')}`,
    ...(inbox ? [`Inbox page: ${paths.map((path) => `${url}/inbox${path}`).join(', ')}`] : []),
    ...notices,
    ...(token === undefined
      ? []
      : ['', `Token, shown only now: ${token}`, '', clientEntries(addresses[0] ?? url, token)]),
    '',
    'Press Ctrl-C to stop.',
    '',
  ].join('\n');
}
