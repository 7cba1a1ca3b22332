import type { Answer } from '../../src/conversations/context.ts';
import {
  type CallDependencies,
  type Caller,
  executeCall,
  type InputRequiredOutcome,
  type Outcome,
} from '../../src/pipeline/call.ts';
import type { HistoryMemory } from '../../src/state/history-memory.ts';
import type { LastReadMarks } from '../../src/state/last-read.ts';
import { memoryHistories } from '../../src/state/memory/histories.ts';
import { memoryLastRead } from '../../src/state/memory/last-read.ts';
import { memoryTicketNumbers } from '../../src/state/memory/ticket-numbers.ts';
import { Deadline } from '../../src/time/deadline.ts';
import { type AnyTool, tools } from '../../src/tools/index.ts';

interface PlainDoor {
  readonly lastRead?: LastReadMarks;
  readonly histories?: HistoryMemory;
  /** The person who is asked. */
  ask?(question: string): Answer | Promise<Answer>;
}

/**
 * A door to the pipeline that is a plain function, without protocol or SDK. Two runs of one call share only its
 * arguments and the person's answer, as if each were its own request.
 */
export function plainDoor(
  dependencies: CallDependencies,
  {
    lastRead = memoryLastRead(),
    histories = memoryHistories(dependencies.clock),
    ask = () => 'unsupported',
  }: PlainDoor = {},
) {
  return async (
    toolOrName: AnyTool | string,
    callArguments: unknown,
  ): Promise<Exclude<Outcome, InputRequiredOutcome>> => {
    const tool = typeof toolOrName === 'string' ? tools.find(({ name }) => name === toolOrName) : toolOrName;
    if (tool === undefined) throw new Error(`There is no tool ${toolOrName}.`);
    const caller = (): Caller => ({
      abortController: new AbortController(),
      deadline: Deadline.after(30_000),
      lastRead,
      histories,
      tickets: memoryTicketNumbers(),
      progress: () => {},
    });
    let outcome = await executeCall(tool, structuredClone(callArguments), dependencies, caller());
    while (outcome.kind === 'input_required') {
      const confirmation = { answer: await ask(outcome.question), digest: outcome.digest };
      outcome = await executeCall(tool, structuredClone(callArguments), dependencies, {
        ...caller(),
        confirmation,
      });
    }
    return outcome;
  };
}
