import { join } from 'node:path';
import { accountScope } from '../../state/account-scope.ts';
import { fileDrafts } from '../../state/files/outbox.ts';
import { memoryOutbox } from '../../state/memory/outbox.ts';
import { storedOutbox } from '../../state/outbox/draft-store.ts';
import type { Outbox } from '../../state/outbox/outbox.ts';
import { type Environment, stateDirectory } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { proxyFor } from './api/proxy.ts';
import type { Logger } from './logger.ts';
import { type Notifier, webhookNotifier } from './webhook.ts';

export type { Notifier };

interface OutboxOptions {
  /** The outbox in the database, if there is one. Otherwise it is in files. */
  readonly database?: Outbox | undefined;
  /** Told of each new draft. */
  readonly notifier?: Notifier | undefined;
}

/**
 * Opens the outbox of an account. All who send with its key share it.
 * @param account address and key of the API.
 * @throws ConfigurationError if there is no folder for it.
 */
export function openOutbox(
  settings: Pick<Settings<'serve'>, 'sandbox' | 'stateDir'>,
  env: Environment,
  account: string,
  { database, notifier }: OutboxOptions,
): Outbox {
  const outbox = database ?? localOutbox(settings, env, account);
  if (notifier === undefined) return outbox;
  return {
    ...outbox,
    async add(draft) {
      const added = await outbox.add(draft);
      // It waits, whether anybody can be told or not.
      notifier.tell(added, outbox);
      return added;
    },
  };
}

function localOutbox(
  settings: Pick<Settings<'serve'>, 'sandbox' | 'stateDir'>,
  env: Environment,
  account: string,
): Outbox {
  // Such a sandbox ends with this process, and its drafts with it.
  if (settings.sandbox === ':memory:') return memoryOutbox();
  return storedOutbox(fileDrafts(join(stateDirectory(settings, env), 'outbox', accountScope(account))));
}

/** Who is told of new drafts; undefined if nobody is. @param workspace told with each draft, if there are several. */
export function openNotifier(
  settings: {
    readonly outboxWebhook?: string | undefined;
    readonly outboxSecret?: string | undefined;
  },
  env: Environment,
  logger: Logger,
  secrets: string[],
  workspace?: string,
): Notifier | undefined {
  const { outboxWebhook: url, outboxSecret: secret } = settings;
  if (url === undefined) return undefined;
  // Who has the address of a Slack webhook can write into its channel.
  for (const one of [url, new URL(url).pathname, secret]) {
    if (one !== undefined && one.length > 8 && !secrets.includes(one)) secrets.push(one);
  }
  const { settings: proxy, problem } = proxyFor(url, env);
  if (problem !== undefined) logger.warn(`Nobody is told of messages that wait for approval. ${problem}`);
  return webhookNotifier({ url, secret, proxy, workspace, logger });
}
