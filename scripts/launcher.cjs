#!/usr/bin/env node
// Node 22 and later keep compiled code for the next start, if asked before the code is loaded.
require('node:module').enableCompileCache?.();
// The SDK's schemas are used a few times in a life of this program. zod would write a function for each and have it
// compiled: a tenth of the time of the first call. It reads this when schemas are made, so it stands before them.
globalThis.__zod_globalConfig = { jitless: true };
require('./start.cjs');
