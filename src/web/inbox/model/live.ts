import type { InboxChange } from '../../../presenters/inbox/views.ts';
import type { Api } from './api.ts';

interface Follower {
  onChange(change: InboxChange): void;
  /** Called when the connection is up, and when it is lost. */
  onConnection(isUp: boolean): void;
}

/** The server says something every 15 s. After this long without a word, the connection is dead. */
const silenceMs = 40_000;

const firstPauseMs = 250;
const maxPauseMs = 2000;

/**
 * Follows the changes for as long as the page is open. A lost connection is made again, and goes on after the last change
 * that arrived. This is a fetch, because an EventSource cannot carry the key.
 */
export async function followChanges(api: Api, follower: Follower, isLocked: () => boolean): Promise<void> {
  let lastId: string | undefined;
  let pauseMs = firstPauseMs;
  while (!isLocked()) {
    try {
      await readStream(api, lastId, (id, change) => {
        if (id === undefined) {
          pauseMs = firstPauseMs;
          follower.onConnection(true);
        } else lastId = id;
        if (change) follower.onChange(change);
      });
    } catch {
      // Said by `onConnection`; tried again below.
    }
    if (isLocked()) return;
    follower.onConnection(false);
    await pause(pauseMs);
    pauseMs = Math.min(maxPauseMs, pauseMs * 2);
  }
}

/** @param take called without an id when the connection is up, and then with each change. */
async function readStream(
  api: Api,
  lastId: string | undefined,
  take: (id?: string, change?: InboxChange) => void,
): Promise<void> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  let timer = setTimeout(abort, silenceMs);
  try {
    const headers: HeadersInit = lastId === undefined ? {} : { 'last-event-id': lastId };
    const { body } = await api.fetch('/events', { headers, signal: controller.signal });
    if (body === null) return;
    take();
    let rest = '';
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      clearTimeout(timer);
      timer = setTimeout(abort, silenceMs);
      const blocks = `${rest}${text}`.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, id, data] = /^id: (.*)\ndata: (.*)$/.exec(block) ?? [];
        if (id !== undefined && data !== undefined) take(id, JSON.parse(data));
      }
    }
  } finally {
    clearTimeout(timer);
    abort();
  }
}

/** Ends early when the machine is back on the network, or the page back in front. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener('online', end);
      document.removeEventListener('visibilitychange', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener('online', end);
    document.addEventListener('visibilitychange', end);
  });
}
