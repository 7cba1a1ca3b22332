import type { SessionsClient } from '../client/client.ts';
import type { CallOptions } from '../client/http/call-options.ts';
import type { LastReadMarks } from '../state/last-read.ts';
import type { SendLog } from '../state/send-log.ts';
import type { Clock } from '../time/clock.ts';
import type { Deadline } from '../time/deadline.ts';

/** How a person answered a question, or why there is no answer. */
export type Answer = 'accept' | 'decline' | 'cancel' | 'timeout' | 'failed' | 'unsupported';

/** A person's answer to the question that an earlier run of the same call ended with. */
export interface Confirmation {
  readonly answer: Answer;
  /** The `digest` of that question. It ties the answer to what the person was shown. */
  readonly digest: string;
}

/** Everything a use case may use. */
export interface Context {
  readonly client: SessionsClient;
  readonly clock: Clock;
  /**
   * When the call began, by the API's clock as soon as an answer has told it. Ages such as `24h` count back from here. Read it
   * after the answer that it is compared with.
   */
  readonly now: Date;
  /**
   * Passed to every request: the caller's cancellation and the call's deadline, and who to tell about waiting. `onStart`
   * is also called when a write waits for an equal one of another call, because their outcome is the same.
   */
  readonly call: CallOptions & { readonly signal: AbortSignal; readonly deadline: Deadline };
  /** The record of recent sends. */
  readonly sendLog: SendLog;
  /** What the caller has read of each conversation. */
  readonly lastRead: LastReadMarks;
  /** Whether the operator lets the model vouch for a person's identity. */
  readonly allowVerified: boolean;
  /** Whether a person has to approve every message. */
  readonly confirmSends: boolean;
  /** Present when the call is repeated after a question. */
  readonly confirmation?: Confirmation | undefined;
  /** Reports progress to the caller. */
  progress(message: string): void;
}
