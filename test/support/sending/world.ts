import type { SendMessageBody, SendOutcome, SessionsClient } from '../../../src/client/client.ts';
import { ConnectionError, InvalidRequestError, TimeoutError } from '../../../src/client/errors.ts';
import type { HistoryItem } from '../../../src/contract/entities.ts';
import type { Context } from '../../../src/conversations/context.ts';
import type { SendLog } from '../../../src/state/send-log.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { contextOf } from '../fakes/fakes.ts';
import type { SettableClock } from '../state/settable-clock.ts';

/** What becomes of one request. */
export type Fate = 'answered' | 'answer lost' | 'request lost' | 'rejected';

/** A message that the API took in. */
export interface StoredMessage {
  readonly id: string;
  readonly sessionId: string;
  readonly body: SendMessageBody;
  /** When it was taken in, by the monotonic clock. */
  readonly at: number;
  readonly showsAt: number;
}

export interface WorldOptions {
  readonly clock: SettableClock;
  /** What becomes of the next message. */
  fate?: () => Fate;
  /** How long after it was taken in a message shows in the history. */
  lateMs?: () => number;
  /** The clock of the history minus that of the `Date` header. */
  readonly skewMs?: number;
  /** Called before each request leaves and before each answer arrives. */
  pause?: () => Promise<void>;
  readonly pageSize?: number;
}

/** An API with a clock of its own, and processes that send into it. */
export function sendingWorld({
  clock,
  fate = () => 'answered',
  lateMs = () => 0,
  skewMs = 0,
  pause = async () => {},
  pageSize = 50,
}: WorldOptions) {
  /** `fate` may be replaced. */
  const world = { fate };
  const stored: StoredMessage[] = [];
  const posts: { sessionId: string; body: SendMessageBody }[] = [];
  const reads = { count: 0, fail: false, endless: false };
  const firstAt = clock.now() - clock.monotonic();
  const serverNow = () => firstAt + clock.monotonic();

  function store(sessionId: string, body: SendMessageBody, at = clock.monotonic()): StoredMessage {
    const message = { id: `m${stored.length + 1}`, sessionId, body, at, showsAt: at + lateMs() };
    stored.push(message);
    return message;
  }

  function shown({ id, body, at }: StoredMessage): HistoryItem {
    const { sender, message, agent } = body;
    const files = (message.attachments ?? []).map(({ name, url, base64, mime_type }, n) => ({
      id: String(n),
      name: name ?? '',
      size: base64 === undefined ? 0 : Buffer.byteLength(base64, 'base64'),
      type: mime_type ?? '',
      url: url ?? 'https://files.example/1',
    }));
    return {
      id,
      created_at: new Date(firstAt + at + skewMs).toISOString(),
      event: {
        type: 'message',
        sender: { type: sender, ...(agent?.name ? { name: agent.name } : {}) },
        content: { type: 'text', text: message.text },
        ...(files.length > 0 ? { attachments: files } : {}),
      },
    };
  }

  /** What the history of a session holds besides. */
  const others: HistoryItem[] = [];
  const history = (sessionId: string) =>
    [
      ...others,
      ...stored.filter((one) => one.sessionId === sessionId && one.showsAt <= clock.monotonic()).map(shown),
    ].sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at));

  /** The client of one process. */
  function client(): Partial<SessionsClient> {
    let offset: number | undefined;
    const answered = () => {
      // The `Date` header has whole seconds.
      offset = Math.floor(serverNow() / 1000) * 1000 - clock.now();
    };
    return {
      clockOffset: () => offset,
      async sendMessage(sessionId, body, { deadline } = {}): Promise<SendOutcome> {
        await pause();
        const late = { mayHaveArrived: false };
        if (deadline?.hasPassed) return { outcome: 'rejected', error: new TimeoutError('Late.', late) };
        posts.push({ sessionId, body });
        const what = world.fate();
        const message = what === 'answered' || what === 'answer lost' ? store(sessionId, body) : undefined;
        await pause();
        if (what === 'rejected') {
          answered();
          return { outcome: 'rejected', error: new InvalidRequestError('No.', { status: 400 }) };
        }
        if (message === undefined || what === 'answer lost' || deadline?.hasPassed) {
          return { outcome: 'unknown', error: new ConnectionError('Gone.', { mayHaveArrived: true }) };
        }
        answered();
        return { outcome: 'sent', messageId: message.id };
      },
      async *historyPages(sessionId) {
        for (let from = 0; ; from += pageSize) {
          await pause();
          reads.count += 1;
          if (reads.fail) throw new ConnectionError('Gone.', { mayHaveArrived: true });
          const items = history(sessionId);
          answered();
          const next = reads.endless || from + pageSize < items.length ? String(from + pageSize) : null;
          yield { items: items.slice(from, from + pageSize), next, cursor: undefined };
          if (next === null) return;
        }
      },
    };
  }

  /** The context of a call that a process makes now. */
  function context(
    process: Partial<SessionsClient>,
    sendLog: SendLog,
    callMs = 50_000,
    more: Partial<Context> = {},
    signal = new AbortController().signal,
  ) {
    const call = { signal, deadline: Deadline.after(callMs, clock) };
    return contextOf(process, { clock, sendLog, now: new Date(clock.now()), call, ...more });
  }

  return Object.assign(world, { stored, posts, others, reads, serverNow, store, client, context });
}
