// Before anything that builds schemas of the SDK.
import './mcp/zod-config.ts';
import packageJson from '../package.json' with { type: 'json' };
import { run } from './cli/run.ts';

run(process.argv.slice(2), process.env, packageJson.version).then((code) => {
  process.exitCode = code;
});
