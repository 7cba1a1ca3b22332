// npm run release:first -- owner/repository: makes what the first release needs of the repository's files. It names the
// repository, which npm's provenance and the MCP registry compare with the one that publishes, and says everywhere that
// the package is on npm. Spell the name exactly: the registry is case-sensitive. Nothing is committed or published.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { firstReleaseEdits } from './release-edits.mjs';

const [repository] = /^[\w-]+\/[\w.-]+$/.exec(process.argv[2] ?? '') ?? [];
if (repository === undefined) {
  process.stderr.write('Usage: npm run release:first -- owner/repository\nNothing was changed.\n');
  process.exit(2);
}
for (const [file, text] of firstReleaseEdits(repository)) writeFileSync(file, text);
const npm = (...args) => execFileSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' });
npm('run', '--silent', 'format');
npm('run', '--silent', 'generate');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
process.stdout.write(`
Read the diff and commit it. Then \`npm run release:check\` should say "Ready.", and this publishes ${version}:

  git tag v${version} && git push origin HEAD v${version}
`);
