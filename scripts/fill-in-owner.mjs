// Writes the repository into package.json and server.json: node scripts/fill-in-owner.mjs owner/repository
// The release workflow passes its own repository, because npm's provenance and the MCP registry both compare the package
// with it. Spell it exactly: names in the registry are case-sensitive.
import { readFileSync, writeFileSync } from 'node:fs';

const [, owner] = /^([\w-]+)\/[\w.-]+$/.exec(process.argv[2] ?? '') ?? [];
if (owner === undefined) throw new Error('Usage: node scripts/fill-in-owner.mjs owner/repository');
const url = `https://github.com/${process.argv[2]}`;

change('package.json', (json) => ({
  ...json,
  mcpName: nameFor(json.mcpName),
  repository: { type: 'git', url: `git+${url}.git` },
}));
change('server.json', (json) => ({
  ...json,
  name: nameFor(json.name),
  repository: { url, source: 'github' },
}));

/** @throws if the name already contains another owner. */
function nameFor(name) {
  const wanted = name.replace('io.github.OWNER/', `io.github.${owner}/`);
  if (!wanted.startsWith(`io.github.${owner}/`)) throw new Error(`${name} does not belong to ${owner}`);
  return wanted;
}

function change(file, edit) {
  writeFileSync(file, `${JSON.stringify(edit(JSON.parse(readFileSync(file, 'utf8'))), undefined, 2)}\n`);
}
