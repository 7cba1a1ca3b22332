import type { SessionsClient } from '../client/client.ts';
import type { Confirmation, Context } from '../conversations/context.ts';
import { rememberingClient } from '../conversations/remembering-client.ts';
import type { Audit } from '../state/audit.ts';
import type { Author, Outbox } from '../state/outbox/outbox.ts';
import type { PrincipalMemory } from '../state/principal/principal-memory.ts';
import type { SendLog } from '../state/send-log.ts';
import { cleanLine } from '../text/clean.ts';
import type { RedactionRules } from '../text/personal-data/redactor.ts';
import { redact } from '../text/redact.ts';
import type { Clock } from '../time/clock.ts';
import type { Deadline } from '../time/deadline.ts';
import { type Audience, ruleTexts } from './audience.ts';
import { callBegan } from './call-began.ts';
import type { Redaction } from './redaction.ts';
import type { Telemetry } from './telemetry.ts';

/** Where calls are logged: as fields, and never with message text, names or keys. */
export interface CallLogger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What all calls share. */
export interface CallDependencies {
  readonly client: SessionsClient;
  /** Tells address and key of the API apart from others. Called when a cursor is made or read. */
  accountScope?(): string;
  readonly sendLog: SendLog;
  /** Records writes and refusals, if the operator wants that. */
  readonly audit?: Audit | undefined;
  /** Names of the tools that are offered. */
  readonly toolNames?: readonly string[];
  readonly allowVerified: boolean;
  /** Whether a person has to approve every message while the call waits. */
  readonly confirmSends: boolean;
  /** Where every message waits for a person, in place of being sent. Absent if messages do not have to. */
  readonly outbox?: Outbox | undefined;
  /** Where a person decides about a message that waits, as a sentence. By default it is said in general. */
  readonly whoDecides?: string | undefined;
  /** Who calls, for the people who approve messages. */
  readonly author?: Pick<Author, 'person' | 'name' | 'workspace'> | undefined;
  /** Who reads the errors. Default: the operator. */
  readonly audience?: Audience;
  readonly logger: CallLogger;
  /** Redacted in everything that a call says. */
  readonly secrets?: readonly string[];
  /** Personal data that answers must not show. */
  readonly redaction?: RedactionRules | undefined;
  readonly telemetry?: Telemetry | undefined;
  readonly clock?: Clock;
}

/** Who makes one call, and its limits. Doors build it from a request of their protocol. */
export interface Caller {
  /** Aborted by the door when the call is cancelled, and by the call itself at its deadline. */
  readonly abortController: AbortController;
  /** When the call must be over. A call that is repeated after a question keeps its deadline. */
  readonly deadline: Deadline;
  /** Who the call is made for, if several people share the budget. */
  readonly person?: string | undefined;
  /** The program that calls, as it names itself. Untrusted text. */
  readonly client?: string | undefined;
  /** What is remembered of the calls of this principal. */
  readonly memory: PrincipalMemory;
  /** The answer to the question that the first run of this call ended with. */
  readonly confirmation?: Confirmation | undefined;
  /** Reports progress, if the caller wants to know. */
  progress(message: string): void;
}

/** What is known about the writes of a call. */
export interface Writes {
  /** Whether a write may have left: a failure before that has changed nothing, whatever it is. */
  maybe: boolean;
  /** Whether this call made that request, and not an equal one that it waits for. */
  requested: boolean;
}

/** What the use cases of a call get. @param traffic counts its requests. */
export function contextOf(
  dependencies: CallDependencies,
  caller: Caller,
  clock: Clock,
  traffic: { requests: number; status: number | undefined },
  writes: Writes,
  redaction?: Redaction,
): Context {
  const { client, sendLog, allowVerified, confirmSends, outbox, author } = dependencies;
  const { audience = 'operator', secrets = [], telemetry, whoDecides } = dependencies;
  const began = callBegan(client, clock);
  const progress = (message: string) =>
    caller.progress(secrets.reduce(redact, redaction?.message(message) ?? message));
  const { lastRead, seenSessions, partialResults, histories } = caller.memory;
  const remembering = rememberingClient(client, caller.memory);
  // Named one by one: with a spread in front, Node 20 takes ten times as long for a call's context (12 µs).
  return {
    lastRead,
    seenSessions,
    partialResults,
    client: redaction?.noting(remembering) ?? remembering,
    histories: redaction?.remembering(histories) ?? histories,
    ...(redaction && { shownAs: (text: string) => redaction.text(text) }),
    clock,
    get account() {
      return dependencies.accountScope?.();
    },
    sendLog,
    allowVerified,
    confirmSends,
    outbox,
    author: { ...author, ...(caller.client !== undefined && { client: cleanLine(caller.client, 100) }) },
    ruleTexts: whoDecides === undefined ? ruleTexts[audience] : { ...ruleTexts[audience], whoDecides },
    confirmation: caller.confirmation,
    get now() {
      return began();
    },
    progress,
    onSharedWrite: () => {
      writes.maybe = true;
    },
    call: {
      signal: caller.abortController.signal,
      deadline: caller.deadline,
      person: caller.person,
      onWait: (reason, ms) => {
        telemetry?.waited(reason, ms / 1000);
        progress(`Waiting ${Math.ceil(ms / 1000)} s ${reason}`);
      },
      onStart: (method) => {
        if (method !== 'GET') Object.assign(writes, { maybe: true, requested: true });
      },
      onRequest: (request) => {
        const observed = telemetry?.upstream(request);
        return (end) => {
          traffic.requests += 1;
          traffic.status = end.status;
          observed?.(end);
        };
      },
    },
  };
}
