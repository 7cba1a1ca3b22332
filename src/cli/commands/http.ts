import { randomBytes } from 'node:crypto';
import { httpApp } from '../../mcp/http/app.ts';
import { type Listener, listen } from '../../mcp/http/listen.ts';
import { Principals } from '../../mcp/http/principals.ts';
import { isLoopback } from '../../mcp/http/site.ts';
import { RecentSessions } from '../../mcp/recent-sessions.ts';
import { sendApproval } from '../../mcp/v2/send-approval.ts';
import { CallsUnderWay } from '../../pipeline/calls-under-way.ts';
import { memoryApprovals } from '../../state/memory/approvals.ts';
import { memoryHistories } from '../../state/memory/histories.ts';
import { memoryLastRead } from '../../state/memory/last-read.ts';
import { memoryTicketNumbers } from '../../state/memory/ticket-numbers.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { type Environment, environmentWarnings } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { openAuditLog } from '../setup/audit-log.ts';
import { redactCrashes } from '../setup/crashes.ts';
import { createLogger } from '../setup/logger.ts';
import { clientEntries } from '../team/client-entries.ts';
import type { Host } from '../team/open-workspace.ts';
import { serveTeam } from '../team/serve-team.ts';

/** Time for load balancers to notice that this server is not ready any more. On loopback there is none. */
const noticeMs = 5000;

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
  const host: Host = { settings, env, logger, version, audit, secrets };
  const team = await serveTeam(host);
  for (const warning of environmentWarnings(env)) {
    if (!team.usesVariable(warning.split(' ')[0] ?? '')) logger.warn(warning);
  }
  let isDraining = false;
  const callsUnderWay = new CallsUnderWay();
  const app = httpApp({
    version,
    site: { host: settings.host, publicUrl: settings.publicUrl },
    team: () => team.current(),
    principals: new Principals(() => ({
      lastRead: memoryLastRead(),
      histories: memoryHistories(),
      tickets: memoryTicketNumbers(),
      recentSessions: new RecentSessions(),
    })),
    // One replica: nobody else has to read what it signs.
    approval: sendApproval(randomBytes(32), memoryApprovals()),
    callsUnderWay,
    callTimeoutMs: settings.callTimeoutMs,
    unreadiness: () => (isDraining ? 'shutting down' : undefined),
    onError: (err) => logger.info({ reason: err.message }, 'request refused, or failed'),
  });
  let listener: Listener;
  try {
    listener = await listen(app.fetch, settings);
  } catch (error) {
    await team.close();
    throw new ConfigurationError(listenProblem(error as NodeJS.ErrnoException, settings));
  }
  logger.info({ url: listener.url }, 'listening');
  process.stdout.write(
    banner(settings.publicUrl ?? listener.url, [...team.current().workspaces.keys()], team.token),
  );

  const reload = () => void team.reload();
  process.on('SIGHUP', reload);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
  isDraining = true;
  logger.info('draining');
  if (!isLoopback(settings.host)) await new Promise((resolve) => setTimeout(resolve, noticeMs));
  const cut = setTimeout(() => listener.cut(), settings.callTimeoutMs + writeMs);
  await listener.close();
  clearTimeout(cut);
  // Calls that were aborted still record their outcome.
  await callsUnderWay.idle();
  await team.close();
  logger.info('stopped');
  await logger.flushed();
  process.exit(0);
}

function banner(url: string, workspaces: readonly string[], token: string | undefined): string {
  const [only] = workspaces.length === 1 ? workspaces : [];
  const addresses = only === undefined ? workspaces.map((id) => `${url}/mcp/w/${id}`) : [`${url}/mcp`];
  return [
    `OpenCX sessions over MCP: ${addresses.join(', ')}`,
    'What was sent is recorded in files, and the rest in memory, of this machine: run one replica only.',
    ...(token === undefined
      ? []
      : ['', `Token, shown only now: ${token}`, '', clientEntries(addresses[0] ?? url, token)]),
    '',
    'Press Ctrl-C to stop.',
    '',
  ].join('\n');
}

function listenProblem({ code, message }: NodeJS.ErrnoException, { port, host }: Settings<'http'>): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is already in use. Choose another one with --port; 0 takes any free port.`;
  if (code === 'EACCES')
    return `Port ${port} on ${host} is not permitted for this user. Choose one above 1023 with --port.`;
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL' || code === 'EINVAL')
    return '--host is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for all network interfaces.';
  return `The server cannot listen on ${host}:${port}: ${message}.`;
}
