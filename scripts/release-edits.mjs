import { readFileSync } from 'node:fs';

/**
 * What the first release changes in the files of the repository. All is found before anything is written.
 * @param repository `owner/repository`.
 * @returns the new texts by file.
 * @throws if a file does not have what would be changed.
 */
export function firstReleaseEdits(repository) {
  const [owner] = repository.split('/');
  const { name } = JSON.parse(readFileSync('package.json', 'utf8'));
  const edits = [
    ['package.json', 'io.github.OWNER/', `io.github.${owner}/`],
    [
      'package.json',
      '\n  "license":',
      `\n  "repository": { "type": "git", "url": "git+https://github.com/${repository}.git" },\n  "license":`,
    ],
    ['src/cli/distribution.ts', 'published: false', 'published: true'],
    ['README.md', 'not yet on npm, and ', ''],
    [
      'README.md',
      / Do not start the package with npx before it is published: whoever registers\s+its name first would receive your key\./,
      '',
    ],
    [
      'docs/agent-engineers.md',
      'The package is not on npm yet. Pack it in your clone, and install the file in your project:',
      `Install the package with \`npm install ${name}\`, or pack your clone and install the file:`,
    ],
  ];
  const texts = new Map();
  for (const [file, from, to] of edits) {
    const text = texts.get(file) ?? readFileSync(file, 'utf8');
    const edited = text.replace(from, to);
    if (edited === text) throw new Error(`${file}: there is no ${from} any more.`);
    texts.set(file, edited);
  }
  return texts;
}
