import { readdirSync, readFileSync } from 'node:fs';

/** README and the pages of docs/. */
export const pages = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The commands in the blocks of a page, in order. */
export function blockCommands(page: string): string[] {
  const blocks = readFileSync(page, 'utf8').matchAll(/^( *)```(?:sh|bash)\n([\s\S]*?)^\1```$/gm);
  return [...blocks]
    .flatMap(([, , block = '']) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
    .map((line) => line.replace(/\s#.*/, '').trim())
    .filter(Boolean);
}

/** The commands in the sentences and tables of a page. */
export function inlineCommands(page: string): string[] {
  return [...readFileSync(page, 'utf8').matchAll(/`(node dist\/main\.cjs[^`]*)`/g)].map(
    ([, command = '']) => command,
  );
}
