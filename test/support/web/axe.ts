import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame, Page } from 'playwright-core';

const require = createRequire(import.meta.url);
const file = require.resolve('axe-core/axe.min.js');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Finding {
  readonly id: string;
  readonly nodes: readonly {
    readonly target: unknown;
    readonly any: readonly { readonly message: string }[];
  }[];
}

/** The rules among them that judge colours: all that another theme can break. They take a third of the time of all rules. */
const ofColours = ['color-contrast', 'link-in-text-block'];

/** What axe finds in a document, and what it cannot decide. It is loaded only where it is used: it is large. */
export async function findings(
  document: Page | Frame,
  { only }: { only?: 'colours' | undefined } = {},
): Promise<string[]> {
  if (!(await document.evaluate<boolean>("'axe' in globalThis")))
    await document.evaluate(readFileSync(file, 'utf8'));
  const { violations, incomplete } = await document.evaluate<{
    violations: Finding[];
    incomplete: Finding[];
  }>(
    `axe.run(document, { runOnly: ${JSON.stringify(only === undefined ? rules : ofColours)}, resultTypes: ['violations', 'incomplete'] })`,
  );
  return [...violations, ...incomplete].flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id} ${target}: ${any.map(({ message }) => message).join(' ')}`),
  );
}
