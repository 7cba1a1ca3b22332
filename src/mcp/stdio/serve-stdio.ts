import type { Log } from '../../pipeline/call.ts';
import type { SessionsServer } from '../server.ts';
import { stdioTransport } from './transport.ts';

/** How long calls under way may still answer after the client has closed its end. */
const graceMs = 500;

/** How long, after that, the outcomes of calls that were cut off may take to be recorded, and connections to close. */
const releaseMs = 1000;

/** Longest message a client may send: two attachments of the largest size as base64, and room for the rest. */
const maxMessageBytes = 16_000_000;

/**
 * Serves on stdin and stdout until the client closes its end or SIGTERM, SIGINT or SIGHUP comes, then ends the
 * process within two seconds. The process would not end by itself: open sockets and timers keep it alive.
 * @param release closes what the server used; it is not waited for longer than the rest of that time.
 */
export async function serveStdio(
  server: SessionsServer,
  log: Log,
  release: () => Promise<void>,
): Promise<void> {
  let ending = false;
  const end = async (waitMs: number, code = 0) => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(code), waitMs + releaseMs);
    // A script may pipe its requests in and close: what is under way still gets its answer.
    await Promise.race([server.idle(), new Promise((resolve) => setTimeout(resolve, waitMs))]);
    await server.close();
    // What was cut off has its outcome to record.
    await server.idle();
    await release();
    process.stdout.write('', () => process.exit(code));
  };
  process.stdin.once('end', () => end(graceMs));
  process.stdin.once('close', () => end(graceMs));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => end(0));
  // A client that is gone cannot be told anything more.
  process.stdout.on('error', () => end(0));

  const transport = stdioTransport(process.stdin, process.stdout, maxMessageBytes);
  await server.connect(transport);
  // The transport closes itself when a message is too long. Better to end than to stay mute.
  const { onclose } = transport;
  transport.onclose = () => {
    onclose?.();
    if (ending) return;
    log.error({ maxMessageBytes }, 'a message from the client was too long; the connection cannot go on');
    end(0, 1);
  };
}
