import type { AnyTool } from '../../../src/tools/index.ts';
import { seeded } from '../fakes/fakes.ts';
import { expectFacts } from '../text/facts.ts';
import { answersWith } from './api-data.ts';
import { callTool } from './call-tool.ts';
import { fakeApi } from './fake-api.ts';
import { argumentsAdvice, argumentsFor } from './tool-arguments.ts';

/** What the JSON of a tool says and its text does not, for data of which any optional part may be missing. */
export async function renderingProblems(tool: AnyTool, runs: number): Promise<string[]> {
  const api = fakeApi();
  for (let run = 0; run < runs; run += 1) {
    const random = seeded(run);
    let texts = 0;
    const filling = {
      everywhere: false,
      // The first answer has all of it, the second one nothing optional.
      optional: () => (run < 2 ? run === 0 : random.chance(0.5)),
      text: () => {
        texts += 1;
        return `word${texts}q`;
      },
    };
    api.answerWith(answersWith(() => filling, 3));
    const given = argumentsFor(tool, run % 2 === 0 ? 'every' : 'required');
    const { outcome, unexpected } = await callTool(tool, given, api);
    if (outcome.kind === 'failure') {
      return [argumentsAdvice(tool, given, String(unexpected[0] ?? outcome.text))];
    }
    try {
      expectFacts(withoutSaidOtherwise(outcome.view), outcome.text, tool.name);
    } catch (error) {
      return [(error as Error).message];
    }
  }
  return [];
}

/** The view without what is false in one row and true in another: the text as a whole says that it is true. */
function withoutSaidOtherwise(view: unknown): unknown {
  const json = JSON.stringify(view);
  const isTrue = (key: string) => json.includes(`${JSON.stringify(key)}:true`);
  return JSON.parse(json, (key, value) => (value === false && isTrue(key) ? undefined : value));
}
