import type { CallsUnderWay } from '../../pipeline/calls-under-way.ts';
import { type Eras, serveEitherEra } from './eras.ts';
import { stdioTransport } from './transport.ts';

/** Grace period for calls under way to answer after the client has closed its end. */
const graceMs = 500;

/** Then, grace period for recording the outcomes of aborted calls and for closing connections. */
const releaseMs = 1000;

/** Longest message a client may send. It has room for two attachments of the largest size as base64. */
const maxMessageBytes = 16_000_000;

interface StdioHooks {
  /** Removes secrets from a message to the client. */
  redact(line: string): string;
  /** Called once the first message is answered, while the client reads that answer: time to load what calls need. */
  warmUp(): void;
  /** Closes what the server used. It has to finish within the two seconds of the end. */
  release(): Promise<void>;
}

/**
 * Serves on stdin and stdout until the client closes its end or a SIGTERM, SIGINT or SIGHUP arrives, then ends the process
 * within two seconds. The process would not end by itself, because open sockets and timers keep it alive.
 */
export async function serveStdio(
  eras: Eras,
  callsUnderWay: CallsUnderWay,
  logger: { warn(fields: object, message: string): void },
  { redact, warmUp, release }: StdioHooks,
): Promise<void> {
  let ending = false;
  const end = async (waitMs: number) => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(0), waitMs + releaseMs);
    // A script may pipe its requests in and close: calls under way are still answered.
    await Promise.race([callsUnderWay.idle(), new Promise((resolve) => setTimeout(resolve, waitMs))]);
    await server.close();
    // Calls that were aborted still record their outcome.
    await callsUnderWay.idle();
    await release();
    process.stdout.write('', () => process.exit(0));
  };
  process.stdin.once('end', () => end(graceMs));
  process.stdin.once('close', () => end(graceMs));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => end(0));
  // The client has gone away.
  process.stdout.on('error', () => end(0));

  const transport = stdioTransport(process.stdin, process.stdout, maxMessageBytes, redact);
  const server = await serveEitherEra(transport, eras);
  // Answers are written at the end of a turn of the event loop, timers fire in the next one.
  process.stdin.once('data', () => setTimeout(warmUp, 0));
  const { onerror } = transport;
  transport.onerror = (error) => {
    logger.warn({ reason: error.message }, 'unusable message from the client');
    onerror?.(error);
  };
}
