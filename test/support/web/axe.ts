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

const only = {
  /** The rules among them that judge colours: all that another theme can break. They take a third of the time of all rules. */
  colours: ['color-contrast', 'link-in-text-block'],
  /** And all that another width can break in elements that were checked already. */
  'colours and sizes': ['color-contrast', 'link-in-text-block', 'target-size', 'scrollable-region-focusable'],
};

interface Options {
  /** Some of the rules. */
  only?: keyof typeof only | undefined;
  /** A selector of the part that is new, where the rest was checked already. */
  within?: string | undefined;
}

/** What axe finds in a document, and what it cannot decide. It is loaded only where it is used: it is large. */
export async function findings(document: Page | Frame, options: Options = {}): Promise<string[]> {
  if (!(await document.evaluate<boolean>("'axe' in globalThis")))
    await document.evaluate(readFileSync(file, 'utf8'));
  const { violations, incomplete } = await document.evaluate<{
    violations: Finding[];
    incomplete: Finding[];
  }>(
    `axe.run(${options.within === undefined ? 'document' : JSON.stringify(options.within)}, {
      runOnly: ${JSON.stringify(options.only === undefined ? rules : only[options.only])}, resultTypes: ['violations', 'incomplete'] })`,
  );
  return [...violations, ...incomplete].flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id} ${target}: ${any.map(({ message }) => message).join(' ')}`),
  );
}
