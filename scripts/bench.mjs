// npm run bench [-- SECTION...]: runs the given sections, or all of them, and updates docs/benchmarks.md. Other sections of
// the page are kept.
// A section is a file in scripts/bench that exports `title` and `measure(): Promise<string>`, which returns Markdown.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

const page = 'docs/benchmarks.md';
/** In page order. */
const sections = ['server', 'http', 'sitting', 'reads', 'load'];

const selected = process.argv.slice(2);
const unknown = selected.filter((name) => !sections.includes(name));
if (unknown.length > 0)
  throw new Error(`Unknown section: ${unknown.join(', ')}. Available: ${sections.join(', ')}.`);

const previous = readFileSync(page, 'utf8').split(/\n(?=## )/);
const head = `# Benchmarks

\`npm run bench\` generates this page. \`npm run bench -- NAME\` updates one section (${sections.join(', ')}). Measured with Node ${process.versions.node} on ${cpus().length} cores.
`;
const parts = [];
for (const name of sections) {
  const { title, measure } = await import(`./bench/${name}.mjs`);
  const heading = `## ${title}\n`;
  const existing = previous.find((part) => part.startsWith(heading));
  const isSelected = selected.length === 0 || selected.includes(name);
  const part = isSelected || !existing ? `${heading}\n${(await measure()).trim()}\n` : `${existing.trim()}\n`;
  if (isSelected) process.stdout.write(`${part}\n`);
  parts.push(part);
}
writeFileSync(page, [head, ...parts].join('\n'));
