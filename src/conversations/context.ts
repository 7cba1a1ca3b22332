import type { SessionsClient } from '../client/client.ts';
import type { CallOptions } from '../client/http/call-options.ts';
import type { Session } from '../contract/entities.ts';
import type { Author, Outbox } from '../state/outbox/outbox.ts';
import type { PrincipalMemory } from '../state/principal/principal-memory.ts';
import type { OpenAttempt, SendLog } from '../state/send-log.ts';
import type { Clock } from '../time/clock.ts';
import type { Deadline } from '../time/deadline.ts';

/** How a person answered a question, or why there is no answer. */
export type Answer = 'accept' | 'decline' | 'cancel' | 'timeout' | 'failed' | 'unsupported';

/** A person's answer to the question that an earlier run of the same call ended with. */
export interface Confirmation {
  readonly answer: Answer;
  /** The `digest` of that question. It ties the answer to what the person was shown. */
  readonly digest: string;
  /** Tells two answers to the same question apart. */
  readonly id?: string;
  /**
   * Uses the approval up for one attempt, if it could be presented again.
   * @returns false if it was used before.
   */
  use?(attempt: OpenAttempt): Promise<boolean>;
}

/** How errors name the rules of the operator. Their reader may be able to change these, or not. */
export interface RuleTexts {
  /** Why verified data may not be changed, as a clause. */
  readonly verifiedNotAllowed: string;
  /** The rule that a person has to approve every message. */
  readonly confirmSends: string;
  /** Why nobody could be asked, as a clause without a full stop. */
  readonly cannotAsk: string;
  /** Where a person decides about a message that waits, as a sentence. */
  readonly whoDecides: string;
}

/** Everything a use case may use, and what it may remember for later calls of the same principal. */
export interface Context extends PrincipalMemory {
  readonly client: SessionsClient;
  readonly clock: Clock;
  /**
   * When the call began, by the API's clock as soon as an answer has told it. Ages such as `24h` count back from here. Read it
   * after the answer that it is compared with.
   */
  readonly now: Date;
  /** Passed to every request: the caller's cancellation and the call's deadline, and who to tell about waiting. */
  readonly call: CallOptions & { readonly signal: AbortSignal; readonly deadline: Deadline };
  /** Tells addresses and keys of the API apart without revealing them. A cursor of one leads nowhere in another. */
  readonly account?: string | undefined;
  /** The record of recent sends. */
  readonly sendLog: SendLog;
  /** The session that the call names by its ticket number, if it was fetched to check the number. */
  readonly fetched?: Session | undefined;
  /** Whether the operator lets the model vouch for a person's identity. */
  readonly allowVerified: boolean;
  /** Whether a person has to approve every message while the call waits. */
  readonly confirmSends: boolean;
  /** Where every message waits for a person, in place of being sent. Absent if messages do not have to. */
  readonly outbox?: Outbox | undefined;
  /** Who makes the call, for the people who approve its messages. */
  readonly author?: Author | undefined;
  readonly ruleTexts: RuleTexts;
  /** How the caller was shown a text of others, if personal data is replaced. */
  shownAs?(text: string): string;
  /** Present when the call is repeated after a question. */
  readonly confirmation?: Confirmation | undefined;
  /** To be called when a write waits for an equal one of another call, because their outcome is the same. */
  onSharedWrite(): void;
  /** Reports progress to the caller. */
  progress(message: string): void;
}
