import { join } from 'node:path';
import { createClient } from '../../client/client.ts';
import { outboxDesk } from '../../pipeline/outbox-desk.ts';
import { openSendLog } from '../../state/files/send-log.ts';
import { newMemory } from '../../state/memory/principal-memory.ts';
import { decideDrafts } from '../outbox/decide-drafts.ts';
import { placeOf } from '../outbox/place.ts';
import { terminal } from '../outbox/terminal.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { type Environment, environmentWarnings, stateDirectory } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { openApiTarget, requireUsableKey } from '../setup/api/api-target.ts';
import { withSavedKey } from '../setup/api/saved-key.ts';
import { openAuditLog } from '../setup/audit-log.ts';
import { redactCrashes } from '../setup/crashes.ts';
import { createLogger } from '../setup/logger.ts';
import { openOutbox } from '../setup/outbox.ts';
import { openSharedState, secretsOf } from '../setup/shared-state.ts';
import { thisUser } from '../setup/this-user.ts';

/**
 * Lets the person at the terminal approve, edit and reject the messages that wait. It reads and sends as the server does
 * that wrote them, with the same settings.
 * @throws ConfigurationError without a terminal, because what is approved has to be seen; or when the settings cannot be used.
 */
export async function runOutbox(given: Settings<'serve'>, env: Environment, version: string): Promise<void> {
  const settings = withSavedKey(given, env);
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new ConfigurationError(
      'outbox needs a terminal: it shows each message to a person, who decides. Nothing was decided.',
    );
  }
  if (settings.sandbox === ':memory:')
    throw new ConfigurationError(
      '--sandbox :memory: has no drafts: they end with the server that wrote them.',
    );
  await requireUsableKey(settings, env);
  const secrets: string[] = [];
  const logger = createLogger(settings.logLevel, secrets);
  redactCrashes(secrets);
  for (const warning of environmentWarnings(env)) logger.warn(warning);
  const fileAudit = settings.auditLog === undefined ? undefined : await openAuditLog(settings.auditLog);
  const target = await openApiTarget(settings, env, logger);
  const { apiKey, account, baseUrl, proxy } = target;
  for (const url of [settings.databaseUrl, settings.redisUrl]) if (url) secrets.push(...secretsOf(url));
  if (apiKey) secrets.push(apiKey);
  const onLost = (err: Error) => logger.error({ err }, 'outcome not recorded');
  const shared = await openSharedState(settings, account, onLost);
  const client = createClient({
    apiKey,
    baseUrl,
    timeoutMs: settings.callTimeoutMs,
    requestsPerMinute: settings.rateLimit,
    ...(shared.rateLimiter && { rateLimiter: shared.rateLimiter }),
    userAgent: `opencx-sessions-mcp/${version}`,
    proxy,
  });
  const person = terminal(env);
  try {
    const desk = outboxDesk({
      dependencies: {
        client,
        sendLog:
          shared.sendLog ?? openSendLog(join(stateDirectory(settings, env), 'sends'), { account, onLost }),
        outbox: openOutbox(settings, env, account, { database: shared.outbox }),
        audit: fileAudit ?? shared.audit,
        allowVerified: settings.allowVerified,
        confirmSends: false,
        logger,
        secrets,
      },
      by: thisUser(),
      memory: newMemory(),
      timeoutMs: settings.callTimeoutMs,
    });
    await decideDrafts(desk, placeOf(settings, env, target, client), person);
  } finally {
    person.close();
    await client.close();
    await target.close();
    await shared.close();
    await logger.flushed();
  }
}
