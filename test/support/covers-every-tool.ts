import { expect } from 'vitest';
import { tools } from '../../src/tools/index.ts';

/** The names of the registered tools, in their order. */
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
