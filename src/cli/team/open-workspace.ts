import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createClient } from '../../client/client.ts';
import { defaultBaseUrl } from '../../client/defaults.ts';
import type { Workspace } from '../../mcp/http/team.ts';
import type { CallDependencies } from '../../pipeline/call.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { accountScope } from '../../state/account-scope.ts';
import { recordedSendLog } from '../../state/attempts/recorded-send-log.ts';
import { openSendLog } from '../../state/files/send-log.ts';
import { memorySharedRateLimiter } from '../../state/memory/rate-limiter.ts';
import type { Outbox } from '../../state/outbox/outbox.ts';
import type { TeamRateLimiter } from '../../state/rate-limiter.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { type Environment, stateDirectory } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { type ApiTarget, liveTarget, sandboxTarget } from '../setup/api/api-target.ts';
import type { Logger } from '../setup/logger.ts';
import { openNotifier, openOutbox } from '../setup/outbox.ts';
import type { Services } from '../setup/shared-state.ts';
import { readSecret } from './read-secret.ts';
import type { WorkspaceEntry } from './team-file.ts';
import { workspaceLog } from './workspace-log.ts';

/** What all workspaces of this process share. */
export interface Host {
  readonly settings: Settings<'http'>;
  readonly env: Environment;
  readonly logger: Logger;
  readonly version: string;
  readonly audit: CallDependencies['audit'];
  /** What this replica shares with others. */
  readonly services: Services;
  /** Redacted in everything that leaves the process. Keys are added as they are read. */
  readonly secrets: string[];
}

export interface OpenWorkspace extends Workspace {
  /** Two with the same fingerprint use the same account in the same way. */
  readonly fingerprint: string;
  /** What is left of its budget. Absent without a limit. */
  readonly budget?: Pick<TeamRateLimiter, 'remaining'> | undefined;
  readonly outbox: Outbox;
  /** The API, if it is a sandbox of this process. */
  readonly sandbox?: Sandbox | undefined;
  close(): Promise<void>;
}

/** A workspace that can be opened: its key was read. */
export interface PreparedWorkspace {
  readonly id: string;
  readonly fingerprint: string;
  open(): Promise<OpenWorkspace>;
}

/**
 * Reads the key of a workspace. Nothing is opened yet, so that a mistake in another one leaves nothing half done.
 * @param folder of the team file; `api_key_file` is relative to it.
 * @throws ConfigurationError if the workspace cannot be used.
 */
export async function prepareWorkspace(
  id: string,
  entry: WorkspaceEntry,
  folder: string,
  host: Host,
): Promise<PreparedWorkspace> {
  const { settings, env, logger } = host;
  const perMinute = entry.requests_per_minute ?? settings.rateLimit;
  const webhook = entry.outbox_webhook ?? settings.outboxWebhook;
  if (settings.sandbox) {
    const database = sandboxDatabase(id, settings, env);
    const fingerprint = JSON.stringify(['sandbox', id, database, perMinute, webhook]);
    const target = () => sandboxTarget(database, settings, logger);
    const chosen = { id, fingerprint, perMinute, webhook, keySetting: '--sandbox' };
    return { id, fingerprint, open: () => openWorkspace(chosen, target, host) };
  }
  const { api_key_file: file, api_key_env: variable } = entry;
  const key = await readSecret({ file, variable }, `workspaces.${id}.api_key`, folder, env);
  for (const { detail, fix } of key?.warnings ?? []) logger.warn(`Workspace ${id}: ${detail}. ${fix}`);
  if (key?.key === undefined) throw new ConfigurationError(`${key?.problem}`);
  const live = await liveTarget(entry.api_url ?? defaultBaseUrl, key.key, env);
  if (live.problem !== undefined) throw new ConfigurationError(`Workspace ${id}: ${live.problem}`);
  const keySetting = file === undefined ? 'api_key_env' : 'api_key_file';
  const fingerprint = JSON.stringify([id, live.account, perMinute, webhook, keySetting]);
  const chosen = { id, fingerprint, perMinute, webhook, keySetting };
  return { id, fingerprint, open: () => openWorkspace(chosen, async () => live, host) };
}

/** Each workspace has data of its own. */
function sandboxDatabase(id: string, settings: Settings<'http'>, env: Environment): string {
  const { sandbox } = settings;
  if (typeof sandbox !== 'string') return join(stateDirectory(settings, env), `sandbox-${id}.db`);
  return sandbox === ':memory:' ? sandbox : `${sandbox.replace(/\.db$/, '')}-${id}.db`;
}

/** What was chosen for a workspace. */
interface Chosen {
  readonly id: string;
  readonly fingerprint: string;
  readonly perMinute: number;
  readonly webhook: string | undefined;
  /** Where the key comes from, for the log. */
  readonly keySetting: string;
}

async function openWorkspace(
  { id, fingerprint, perMinute, webhook, keySetting }: Chosen,
  openTarget: () => Promise<ApiTarget>,
  { settings, env, logger, version, audit, services, secrets }: Host,
): Promise<OpenWorkspace> {
  const { database, redis } = services;
  const redactionKey = await keyOfStandIns(id, services);
  const target = await openTarget();
  if (target.apiKey && !secrets.includes(target.apiKey)) secrets.push(target.apiKey);
  const limiter =
    perMinute === 0
      ? undefined
      : (redis?.rateLimiter(target.account, perMinute) ?? memorySharedRateLimiter(perMinute));
  const client = createClient({
    apiKey: target.apiKey,
    baseUrl: target.baseUrl,
    timeoutMs: settings.callTimeoutMs,
    requestsPerMinute: perMinute,
    ...(limiter && { sharedRateLimiter: limiter }),
    userAgent: `opencx-sessions-mcp/${version}`,
    proxy: target.proxy,
  });
  const onLost = (err: Error) => logger.error({ err, workspace: id }, 'outcome not recorded');
  const logOptions = { account: target.account, onLost };
  const sendLog = database
    ? recordedSendLog(database.attempts(accountScope(target.account)), logOptions)
    : openSendLog(join(stateDirectory(settings, env), 'sends'), logOptions);
  const notifier = openNotifier({ ...settings, outboxWebhook: webhook }, env, logger, secrets, id);
  return {
    id,
    fingerprint,
    budget: limiter,
    sandbox: target.sandbox,
    outbox: openOutbox(settings, env, target.account, {
      database: database?.outbox(accountScope(target.account)),
      notifier,
    }),
    redactionKey,
    dependencies: {
      client,
      accountScope: () => accountScope(target.account),
      sendLog,
      audit: audit ?? database?.audit(id),
      logger: workspaceLog(id, keySetting, logger),
      secrets,
    },
    async close() {
      await client.close();
      await target.close();
      await notifier?.idle();
    },
  };
}

/** @throws ConfigurationError if it cannot be read. */
async function keyOfStandIns(workspace: string, { database }: Services): Promise<Uint8Array> {
  try {
    return (await database?.signingKey(`redaction of ${workspace}`)) ?? randomBytes(32);
  } catch (error) {
    throw new ConfigurationError(`OPENCX_DATABASE_URL: ${(error as Error).message}.`);
  }
}
