// npm run bench [-- SECTION...]: runs the sections under scripts/bench, all of them where none is named, and writes
// each into its place in docs/benchmarks.md; the figures of the others stay.
// A section is a file that exports `title` and `measure(): Promise<string>`, the text under the title, in Markdown.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

const page = 'docs/benchmarks.md';
/** In the order of the page. */
const sections = ['server', 'sitting', 'reads', 'load'];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !sections.includes(name));
if (unknown.length > 0)
  throw new Error(`No section ${unknown.join(', ')}; there are ${sections.join(', ')}.`);

const written = readFileSync(page, 'utf8').split(/\n(?=## )/);
const head = `# Benchmarks

\`npm run bench\` writes this page; \`npm run bench -- NAME\` writes one part of it (${sections.join(', ')}). Node ${process.versions.node}, ${cpus().length} cores.
`;
const parts = [];
for (const name of sections) {
  const { title, measure } = await import(`./bench/${name}.mjs`);
  const heading = `## ${title}\n`;
  const kept = written.find((part) => part.startsWith(heading));
  const fresh = asked.length === 0 || asked.includes(name);
  const part = fresh || !kept ? `${heading}\n${(await measure()).trim()}\n` : `${kept.trim()}\n`;
  if (fresh) process.stdout.write(`${part}\n`);
  parts.push(part);
}
writeFileSync(page, [head, ...parts].join('\n'));
