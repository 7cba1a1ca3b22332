import type { Answer } from '../../../src/conversations/context.ts';
import {
  type CallDependencies,
  type Caller,
  executeCall,
  type InputRequiredOutcome,
  type Outcome,
} from '../../../src/pipeline/call.ts';
import { newMemory } from '../../../src/state/memory/principal-memory.ts';
import type { PrincipalMemory } from '../../../src/state/principal/principal-memory.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { type AnyTool, tools } from '../../../src/tools/index.ts';

interface PlainDoor extends Partial<PrincipalMemory> {
  /** The person who is asked. */
  ask?(question: string): Answer | Promise<Answer>;
}

/**
 * A door to the pipeline that is a plain function, without protocol or SDK. Two runs of one call share only its
 * arguments and the person's answer, as if each were its own request.
 */
export function plainDoor(
  dependencies: CallDependencies,
  { ask = () => 'unsupported', ...known }: PlainDoor = {},
) {
  const memory = { ...newMemory(dependencies.clock), ...known };
  return async (
    toolOrName: AnyTool | string,
    callArguments: unknown,
  ): Promise<Exclude<Outcome, InputRequiredOutcome>> => {
    const tool = typeof toolOrName === 'string' ? tools.find(({ name }) => name === toolOrName) : toolOrName;
    if (tool === undefined) throw new Error(`There is no tool ${toolOrName}.`);
    const caller = (): Caller => ({
      abortController: new AbortController(),
      deadline: Deadline.after(30_000),
      memory,
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
