/** The entry of the worker thread. The build makes one file of it and what it imports. */
import { parentPort } from 'node:worker_threads';
import { htmlToText } from './html-to-text.ts';
import type { Reply, Request } from './mail-worker.ts';

parentPort?.on('message', ({ html, wholeAddresses }: Request) => {
  let reply: Reply;
  try {
    reply = htmlToText(html, { wholeAddresses });
  } catch {
    // Too complex, or nested so deeply that the stack overflowed.
    reply = undefined;
  }
  parentPort?.postMessage(reply);
});
parentPort?.postMessage(undefined);
