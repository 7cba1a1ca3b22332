import type { SessionsClient } from '../../client/client.ts';
import type { Watch } from '../../inbox/live/changes.ts';
import { pollList } from '../../inbox/live/poll-list.ts';
import { together, watchDrafts } from '../../inbox/live/watch-drafts.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import type { Outbox } from '../../state/outbox/outbox.ts';

/** The live API tells nothing by itself, and has a rate limit. */
const pollMs = 15_000;

interface Watched {
  readonly client: SessionsClient;
  readonly outbox: Outbox;
  /** Tells its changes at once. */
  readonly sandbox?: Sandbox | undefined;
  /** Called with every look that failed. */
  onError(error: unknown): void;
}

/** Watches the sessions and drafts of an account. @returns also how soon changes show, in words. */
export function watchOf({ client, outbox, sandbox, onError }: Watched): { watch: Watch; live: string } {
  const sessions: Watch = sandbox
    ? (signal) => sandbox.changes(signal)
    : pollList({ client, everyMs: pollMs, onError });
  return {
    watch: together([sessions, watchDrafts(outbox, onError)]),
    live: sandbox ? 'Updates at once' : `Updates every ${pollMs / 1000} s`,
  };
}
