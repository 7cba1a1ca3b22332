#!/usr/bin/env node
// Keeps compiled code for the next start, which saves a fifth of the CPU time of a sitting (npm run bench -- sitting).
const module_ = require('node:module');
if (module_.enableCompileCache) module_.enableCompileCache();
else keepCompiledCode('BUILD');
require('./start.cjs');

/** Does for Node 20 what later versions do themselves. V8 refuses code of another version or other flags. */
function keepCompiledCode(build) {
  const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
  const { basename, dirname, join } = require('node:path');
  const { Script } = require('node:vm');
  const folder = join(require('node:os').homedir(), '.cache', 'opencx-sessions-mcp', build);
  const orNothing = (work) => {
    try {
      return work();
    } catch {}
  };
  const compiled = new Map();
  // At the end, when the functions that are used have been compiled.
  process.once('exit', () => {
    for (const [kept, script] of compiled) orNothing(() => save(kept, script.createCachedData()));
  });
  const save = (kept, data) => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(`${kept}.${process.pid}`, data, { mode: 0o600 });
    renameSync(`${kept}.${process.pid}`, kept);
  };
  require.extensions['.cjs'] = (loaded, filename) => {
    const kept = join(folder, basename(filename));
    const cachedData = orNothing(() => readFileSync(kept));
    const script = new Script(module_.wrap(readFileSync(filename, 'utf8')), { filename, cachedData });
    if (!cachedData || script.cachedDataRejected) compiled.set(kept, script);
    const run = script.runInThisContext();
    run.call(loaded.exports, loaded.exports, (id) => loaded.require(id), loaded, filename, dirname(filename));
  };
}
