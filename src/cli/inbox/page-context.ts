import type { Context } from '../../conversations/context.ts';
import { type CallDependencies, contextOf } from '../../pipeline/call-context.ts';
import type { Redaction } from '../../pipeline/redaction.ts';
import type { PrincipalMemory } from '../../state/principal/principal-memory.ts';
import { abortedWith } from '../../time/aborted-with.ts';
import { systemClock } from '../../time/clock.ts';
import { Deadline } from '../../time/deadline.ts';

/** Whoever reads. */
interface Reader {
  readonly dependencies: CallDependencies;
  /** Tells people apart who share a budget. */
  readonly person?: string | undefined;
  readonly memory: PrincipalMemory;
  readonly redaction?: Redaction | undefined;
  readonly timeoutMs: number;
}

/** What one read of the page works with. It ends with the signal. */
export function pageContext(
  { dependencies, person, memory, redaction, timeoutMs }: Reader,
  signal: AbortSignal,
): Context {
  const abortController = abortedWith(signal);
  const caller = { abortController, deadline: Deadline.after(timeoutMs), person, memory, progress() {} };
  const traffic = { requests: 0, status: undefined };
  const writes = { maybe: false, requested: false };
  return contextOf(dependencies, caller, systemClock, traffic, writes, redaction);
}
