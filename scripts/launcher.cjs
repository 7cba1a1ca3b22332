#!/usr/bin/env node
// Caches compiled code for the next start. Saves a fifth of the CPU time of a start and 20 calls
// (npm run bench -- sitting).
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const module_ = require('node:module');
const { basename, dirname, join } = require('node:path');

// Older versions fail in the middle of a call. This file has to work on all of them.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < NODE_MAJOR || (major === NODE_MAJOR && minor < NODE_MINOR)) {
  process.stderr.write(
    `opencx-sessions-mcp: requires Node NODE_MAJOR.NODE_MINOR or newer; this is ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exit(1);
}

// Private: who can write here can run code in this process. Some users in containers have no home folder.
const folder = orNothing(() => join(require('node:os').homedir(), '.cache', 'opencx-sessions-mcp'));
if (folder && module_.enableCompileCache) {
  orNothing(() => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  module_.enableCompileCache(process.env.NODE_COMPILE_CACHE ?? folder);
} else if (folder) cacheCompiledCode(join(folder, 'BUILD'));
require('./start.cjs');

/** A compile cache for Node 20, which has none. V8 rejects cached code from another version or with other flags. */
function cacheCompiledCode(cache) {
  const { Script } = require('node:vm');
  const compiled = new Map();
  const save = (cacheFile, data) => {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    writeFileSync(`${cacheFile}.${process.pid}`, data, { mode: 0o600 });
    renameSync(`${cacheFile}.${process.pid}`, cacheFile);
  };
  // Saved at exit, when V8 has compiled the functions in use.
  process.once('exit', () => {
    for (const [file, script] of compiled) orNothing(() => save(file, script.createCachedData()));
  });
  require.extensions['.cjs'] = (loaded, filename) => {
    const cacheFile = join(cache, basename(filename));
    const cachedData = orNothing(() => readFileSync(cacheFile));
    const script = new Script(module_.wrap(readFileSync(filename, 'utf8')), { filename, cachedData });
    if (!cachedData || script.cachedDataRejected) compiled.set(cacheFile, script);
    const run = script.runInThisContext();
    run.call(loaded.exports, loaded.exports, (id) => loaded.require(id), loaded, filename, dirname(filename));
  };
}

function orNothing(work) {
  try {
    return work();
  } catch {}
}
