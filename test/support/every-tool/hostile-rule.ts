import { isDeepStrictEqual } from 'node:util';
import { Ajv } from 'ajv';
import { toJsonSchema } from '../../../src/mcp/json-schema.ts';
import { maxRenderingBytes } from '../../../src/presenters/rendering/size-limit.ts';
import type { AnyTool } from '../../../src/tools/index.ts';
import { nonce } from '../text/hostile.ts';
import { hiddenIn, tooLong, unquoted } from '../text/quoting.ts';
import { answersWith, type Filling } from './api-data.ts';
import { callTool } from './call-tool.ts';
import { type FakeApi, fakeApi } from './fake-api.ts';
import { argumentsFor } from './tool-arguments.ts';

const ajv = new Ajv({ strict: false });

/**
 * What a tool lets out when all data of the API is a hostile text, and when the API refuses with one. The ids of calls
 * must be `nonce`, which the texts forge.
 */
export async function hostileProblems(tool: AnyTool, texts: readonly string[]): Promise<string[]> {
  const api = fakeApi();
  const isAdvertised = ajv.compile(toJsonSchema(tool.output));
  const given = { required: argumentsFor(tool, 'required'), every: argumentsFor(tool, 'every') };
  for (const [index, text] of texts.entries()) {
    // Texts of one kind stand side by side, so each kind is tried with both.
    const which = index % 2 === 0 ? 'required' : 'every';
    const problems = [
      ...(await inAnswer(tool, text, which === 'required', given[which], api, isAdvertised)),
      ...(await inFailure(tool, text, given.required, api)),
    ];
    // The other texts would say the same.
    if (problems.length > 0)
      return problems.map((problem) => `${tool.name}, with ${start(text)}: ${problem}`);
  }
  return [];
}

async function inAnswer(
  tool: AnyTool,
  text: string,
  everywhereFirst: boolean,
  given: object,
  api: FakeApi,
  isAdvertised: (view: unknown) => boolean,
): Promise<string[]> {
  // Where ids and types are hostile too, a tool may not find what it looks for: both kinds of data are needed.
  const filling = (index: number) => hostile(text, (index % 2 === 0) === everywhereFirst);
  api.answerWith(answersWith(filling, 3));
  const { outcome, presented, unexpected } = await callTool(tool, given, api);
  if (outcome.kind === 'failure') return [`the call fails: ${unexpected[0] ?? outcome.text}`];
  const { view } = outcome;
  const sent = JSON.parse(JSON.stringify(view));
  return [
    ...unquoted(outcome.text, nonce),
    ...hiddenIn(view),
    ...tooLong(view, outcome.text, maxRenderingBytes),
    ...(isDeepStrictEqual(sent, JSON.parse(JSON.stringify(presented)))
      ? []
      : ['the JSON has members that the output schema does not name']),
    ...(isAdvertised(sent) ? [] : ['the JSON does not fit the output schema']),
  ];
}

function hostile(text: string, everywhere: boolean): Filling {
  return {
    everywhere,
    optional: () => true,
    text: (path) => (/\b2\b.*\b(?:text|message)$/.test(path) ? `<p>${text}</p><div>${text}</div>` : text),
  };
}

async function inFailure(tool: AnyTool, text: string, given: object, api: FakeApi): Promise<string[]> {
  api.answerWith(() => ({ status: 400, body: JSON.stringify({ message: text }) }));
  const { outcome } = await callTool(tool, given, api);
  return [...unquoted(outcome.text, nonce), ...tooLong({}, outcome.text, maxRenderingBytes)];
}

const start = (text: string) => JSON.stringify(text).slice(0, 70);
