#!/usr/bin/env node
// Node 22 and later keep compiled code for the next start, if asked before the code is loaded.
require('node:module').enableCompileCache?.();
require('./start.cjs');
