#!/usr/bin/env node
import packageJson from '../package.json' with { type: 'json' };
import { run } from './cli/program.ts';

process.exitCode = await run(process.argv.slice(2), process.env, packageJson.version);
