// Says in package.json and server.json whose repository this is: node scripts/fill-in-owner.mjs owner/repository.
// The release calls it with the repository it runs in, because npm's provenance and the MCP registry both hold the
// package against it. The spelling matters: the registry's names are case-sensitive.
import { readFileSync, writeFileSync } from 'node:fs';

const [, owner] = /^([\w-]+)\/[\w.-]+$/.exec(process.argv[2] ?? '') ?? [];
if (owner === undefined)
  throw new Error('Name the repository, as in: node scripts/fill-in-owner.mjs owner/repository');
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

/** @throws for a name that was filled in by hand, and otherwise. */
function nameFor(name) {
  const wanted = name.replace('io.github.OWNER/', `io.github.${owner}/`);
  if (!wanted.startsWith(`io.github.${owner}/`)) throw new Error(`${name} is not of ${owner}`);
  return wanted;
}

function change(file, edit) {
  writeFileSync(file, `${JSON.stringify(edit(JSON.parse(readFileSync(file, 'utf8'))), undefined, 2)}\n`);
}
