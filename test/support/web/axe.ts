import type { Page } from 'playwright-core';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Finding {
  readonly id: string;
  readonly nodes: readonly {
    readonly target: unknown;
    readonly any: readonly { readonly message: string }[];
  }[];
}

/** What axe finds, and what it cannot decide. The page needs its source. */
export async function findings(page: Page): Promise<string[]> {
  const { violations, incomplete } = await page.evaluate<{ violations: Finding[]; incomplete: Finding[] }>(
    `axe.run(document, { runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations', 'incomplete'] })`,
  );
  return [...violations, ...incomplete].flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id} ${target}: ${any.map(({ message }) => message).join(' ')}`),
  );
}
