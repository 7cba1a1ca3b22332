import { type Listener, listen } from '../../mcp/http/listen.ts';
import { isAtDesk, onEnter, openBrowser } from '../inbox/browser.ts';
import { openInbox } from '../inbox/open-inbox.ts';
import { openPageState } from '../inbox/page-state.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { type Environment, environmentWarnings, stateDirectory } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { openApiTarget, requireUsableKey } from '../setup/api/api-target.ts';
import { withSavedKey } from '../setup/api/saved-key.ts';
import { openAuditLog } from '../setup/audit-log.ts';
import { redactCrashes } from '../setup/crashes.ts';
import { listenProblem } from '../setup/listen-problem.ts';
import { createLogger } from '../setup/logger.ts';
import { thisUser } from '../setup/this-user.ts';

const host = '127.0.0.1';

/**
 * Serves the inbox page on this machine until a signal arrives. Prints an address that opens it once.
 * @throws ConfigurationError when the settings cannot be used; then nothing is served.
 */
export async function runInbox(given: Settings<'inbox'>, env: Environment, version: string): Promise<void> {
  const settings = withSavedKey(given, env);
  await requireUsableKey(settings, env);
  const secrets: string[] = [];
  const logger = createLogger(settings.logLevel, secrets);
  redactCrashes(secrets);
  for (const warning of environmentWarnings(env)) logger.warn(warning);
  const stateFolder = stateDirectory(settings, env);
  const target = await openApiTarget(settings, env, logger);
  if (target.apiKey) secrets.push(target.apiKey);
  const { sandbox } = target;
  let listener: Listener | undefined;
  const audit = settings.auditLog === undefined ? undefined : await openAuditLog(settings.auditLog);
  const state = await openPageState(settings, env, target.account, logger, secrets);
  const inbox = await openInbox({
    target,
    sandbox,
    ...state,
    audit: audit ?? state.audit,
    allowVerified: settings.allowVerified,
    stateFolder,
    pageAccount: target.account,
    by: thisUser(),
    secrets,
    callTimeoutMs: settings.callTimeoutMs,
    requestsPerMinute: settings.rateLimit,
    version,
    logger,
    url: () => listener?.url ?? '',
  });
  try {
    listener = await listen(inbox.app.fetch, { port: settings.port, host });
  } catch (error) {
    await inbox.close();
    await state.close();
    await target.close();
    throw new ConfigurationError(
      listenProblem(error as NodeJS.ErrnoException, { port: settings.port, host }),
    );
  }
  // Whoever reads that it is ready may end it at once.
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  process.stdout.write(startMessage(inbox.newLink(), sandbox?.location));
  if (settings.open && isAtDesk(env)) openBrowser(inbox.newLink());
  const stopListening = onEnter(() => process.stdout.write(`${inbox.newLink()}\n`));

  await stopped;
  stopListening();
  await inbox.close();
  const closed = listener.close();
  listener.cut();
  await closed;
  await state.close();
  await target.close();
  await logger.flushed();
  // The thread that reads mail would keep the process.
  process.exit(0);
}

function startMessage(link: string, database: string | undefined): string {
  return [
    `Inbox of ${database === undefined ? 'your sessions' : `the sandbox (data: ${database})`}:`,
    '',
    `  ${link}`,
    '',
    'The address works once, within ten minutes. Press Enter for another one, Ctrl-C to stop.',
    '',
  ].join('\n');
}
