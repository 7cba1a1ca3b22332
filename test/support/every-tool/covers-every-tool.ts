import { expect } from 'vitest';
import { cardTools } from '../../../src/tools/card/index.ts';
import { type AnyTool, tools } from '../../../src/tools/index.ts';

/** All tools, with those that only clients with the card are offered. */
export const everyTool: readonly AnyTool[] = [...tools, ...cardTools];

/** The names of the tools that every client is offered, in their order. */
export const toolNames: readonly string[] = tools.map(({ name }) => name);

/** The names of the tools that only read, in their order. */
export const readTools: readonly string[] = tools
  .filter(({ effect }) => !effect.write)
  .map(({ name }) => name);

/** Fails if a hand-written list leaves out a registered tool, and says where to add it. */
export function expectEveryTool(covered: Iterable<string>, file: string): void {
  const names = new Set(covered);
  const missing = toolNames.filter((name) => !names.has(name));
  if (missing.length > 0) expect.fail(`${missing.join(', ')} is not covered here. Add it in ${file}.`);
}
