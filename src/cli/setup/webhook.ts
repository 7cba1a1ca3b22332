import { createHmac } from 'node:crypto';
import { createConnectionPools, type ProxySettings } from '../../client/http/connection-pools.ts';
import { roundTrip } from '../../client/http/transport.ts';
import { bareToken } from '../../presenters/rendering/quoting.ts';
import type { Draft, Outbox } from '../../state/outbox/outbox.ts';
import { age } from '../../text/time-format.ts';
import { Deadline } from '../../time/deadline.ts';
import type { Logger } from './logger.ts';

/** Tells the people who approve messages that one waits. */
export interface Notifier {
  /** Returns at once. A failure is only logged. */
  tell(draft: Draft, outbox: Outbox): void;
  /** Resolves when all that is under way has ended. */
  idle(): Promise<void>;
}

export interface WebhookOptions {
  readonly url: string;
  /** What notifications are signed with. */
  readonly secret?: string | undefined;
  readonly proxy: ProxySettings;
  readonly workspace?: string | undefined;
  readonly logger: Pick<Logger, 'warn'>;
}

/** A receiver that does not answer holds up nobody. */
const timeoutMs = 5000;

/** Beyond it, drafts are stored without a notification. */
const maxUnderWay = 10;

/**
 * Posts JSON with a `text`, as Slack and others take it, to a URL. It has the number, channel and age of the draft, and how
 * many wait: no words of customers and no names, because the receiver is not part of the support desk.
 *
 * With a secret, `X-Opencx-Signature: t=SECONDS,v1=HEX` has the HMAC-SHA-256 of `SECONDS.BODY`.
 */
export function webhookNotifier(options: WebhookOptions): Notifier {
  const { logger } = options;
  const underWay = new Set<Promise<void>>();
  return {
    tell(draft, outbox) {
      if (underWay.size >= maxUnderWay) {
        logger.warn({ draft: draft.number }, 'nobody was told of a draft: too many notifications at once');
        return;
      }
      const told = post(draft, outbox, options)
        .catch((err) => logger.warn({ draft: draft.number, err }, 'nobody was told of a draft'))
        .finally(() => underWay.delete(told));
      underWay.add(told);
    },
    async idle() {
      await Promise.all(underWay);
    },
  };
}

async function post(
  draft: Draft,
  outbox: Outbox,
  { url, secret, proxy, workspace }: WebhookOptions,
): Promise<void> {
  const body = JSON.stringify({ text: await textOf(draft, outbox, workspace) });
  const seconds = Math.floor(Date.now() / 1000);
  const signature = secret && createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  const { origin, pathname, search } = new URL(url);
  // Notifications are rare, so no connection is kept.
  const pools = await createConnectionPools(url, proxy);
  try {
    const request = {
      method: 'POST' as const,
      origin,
      path: `${pathname}${search}`,
      headers: {
        'content-type': 'application/json',
        ...(signature && { 'x-opencx-signature': `t=${seconds},v1=${signature}` }),
      },
      body,
    };
    const limits = { deadline: Deadline.after(timeoutMs) };
    const { status } = await roundTrip(pools.writes, request, limits, () => {});
    // A redirect is not followed: it could lead to plain http.
    if (status >= 300) throw new Error(`the webhook answered ${status}`);
  } finally {
    await pools.destroy();
  }
}

async function textOf(draft: Draft, outbox: Outbox, workspace: string | undefined): Promise<string> {
  const now = Date.now();
  const waiting = (await outbox.list()).filter(({ state, expires }) => state === 'waiting' && now < expires);
  const oldest = Math.min(draft.created, ...waiting.map(({ created }) => created));
  const where = workspace === undefined ? '' : ` in ${workspace}`;
  const others =
    waiting.length > 1
      ? ` ${waiting.length} drafts wait; the oldest was written ${age(new Date(oldest).toISOString(), new Date(now))}.`
      : '';
  return `Draft ${draft.number}${where} waits for approval (${bareToken(draft.scene.session.channel.type)}).${others}`;
}
