import type { AnyTool } from '../../../src/tools/index.ts';
import { answersWith } from './api-data.ts';
import { callTool } from './call-tool.ts';
import { fakeApi } from './fake-api.ts';
import { argumentsAdvice, argumentsFor } from './tool-arguments.ts';

const filling = { everywhere: false, optional: () => true, text: () => 'some text' };

/** How the requests of a tool disagree with the effect that it declares. */
export async function effectProblems(tool: AnyTool): Promise<string[]> {
  const problems: string[] = [];
  let most = 0;
  for (const which of ['required', 'every'] as const) {
    const api = fakeApi();
    api.answerWith(answersWith(() => filling, 3));
    const given = argumentsFor(tool, which);
    const { outcome, unexpected } = await callTool(tool, given, api);
    if (outcome.kind === 'failure') {
      problems.push(argumentsAdvice(tool, given, String(unexpected[0] ?? outcome.text)));
    }
    const writes = api.requests.filter(({ method }) => method !== 'GET');
    most = Math.max(most, writes.length);
  }
  const { write, destructive, idempotent, openWorld } = tool.effect;
  if (!write && most > 0) problems.push(`${tool.name} declares that it only reads, but it writes.`);
  if (!write && (destructive || openWorld || !idempotent)) {
    problems.push(`${tool.name} only reads: give it the effect readEffect.`);
  }
  if (write && most === 0) problems.push(`${tool.name} declares that it writes, but it only reads.`);
  if (most > 1)
    problems.push(`${tool.name} makes ${most} writing requests in one call; at most 1 is allowed.`);
  return problems;
}
