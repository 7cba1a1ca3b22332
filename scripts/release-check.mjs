// Shows what a release would publish, and fails on what is not ready: placeholders, versions that differ, a changelog without
// this version, uncommitted files. Changes nothing.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const json = (file) => JSON.parse(readFileSync(file, 'utf8'));
const { name, version, mcpName, repository } = json('package.json');
const problems = [];
const check = (passes, problem) => passes || problems.push(problem);

check(
  !mcpName.includes('OWNER') && repository !== undefined,
  'package.json: it does not name the repository. Run npm run release:first.',
);
check(
  readFileSync('src/cli/distribution.ts', 'utf8').includes('published: true'),
  'src/cli/distribution.ts: published is false, so nothing that is printed starts the package by its name. Run npm run release:first.',
);
for (const file of ['server.json', 'manifest.json'])
  check(json(file).version === version, `${file}: the version is not ${version}. Run npm run generate.`);
check(
  json('server.json').packages?.[0]?.version === version,
  'server.json: it does not name the package. Run npm run generate after published is true.',
);
check(
  readFileSync('CHANGELOG.md', 'utf8').includes(`\n## ${version}\n`),
  `CHANGELOG.md: there is no section ${version}.`,
);
check(
  !readFileSync('README.md', 'utf8').includes('not yet on npm'),
  'README.md: it says that the package is not on npm.',
);
check(
  !readFileSync('package-lock.json', 'utf8').includes('"resolved"'),
  'package-lock.json: it has download addresses.',
);
check(
  execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' }) === '',
  'There are files that are not committed.',
);

const [packed] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  }),
);
const kb = (bytes) => `${Math.ceil(bytes / 1024)} KB`;
const lines = [
  `${name}@${version}: ${packed.files.length} files, ${kb(packed.size)} packed, ${kb(packed.unpackedSize)} unpacked`,
  ...packed.files
    .toSorted((a, b) => b.size - a.size)
    .map(({ path, size }) => `  ${kb(size).padStart(8)}  ${path}`),
  '',
  ...(problems.length === 0 ? ['Ready.'] : ['Not ready:', ...problems.map((problem) => `- ${problem}`)]),
];
process.stdout.write(`${lines.join('\n')}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
