import type { InboxChange } from '../../presenters/inbox/views.ts';
import type { Change, Numbered } from './changes.ts';

/** So that no proxy, and no page, takes the stream for dead. */
const keepAliveMs = 15_000;

/** Server-sent events, one for each change. The stream ends with `changes`, and ends them when the reader goes away. */
export function eventStream(changes: AsyncGenerator<Numbered, void, undefined>, onEnd: () => void): Response {
  const encoder = new TextEncoder();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const end = () => {
    isOver = true;
    clearInterval(timer);
    onEnd();
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => {
        if (!isOver) controller.enqueue(encoder.encode(text));
      };
      // The headers go out with the first bytes.
      send(': welcome\n\n');
      timer = setInterval(() => send(': still here\n\n'), keepAliveMs);
      const forward = async () => {
        for await (const { id, change } of changes) {
          send(`id: ${id}\ndata: ${JSON.stringify(dataOf(change))}\n\n`);
        }
        if (!isOver) controller.close();
      };
      forward()
        .catch((error) => controller.error(error))
        .finally(end);
    },
    cancel: end,
  });
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  });
}

function dataOf(change: Change): InboxChange {
  if (change === 'everything') return { everything: true };
  return change === 'drafts' ? { drafts: true } : { sessions: change };
}
