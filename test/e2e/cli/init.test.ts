import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, it, onTestFinished } from 'vitest';
import { readTools } from '../../support/every-tool/covers-every-tool.ts';
import { program, runToEnd } from '../../support/program/program.ts';

// test/cli/init/init.test.ts has more.
it('init writes an entry that a client can start, and shows the next steps', async () => {
  const home = mkdtempSync(join(tmpdir(), 'opencx-init-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, '.cursor'));
  const cursorFile = join(home, '.cursor', 'mcp.json');
  const { code, stdout, stderr } = await runToEnd({
    args: ['init', 'cursor', '--write', '--sandbox', '--', '--read-only'],
    env: { HOME: home, USERPROFILE: home },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`wrote "opencx-sessions-sandbox" to ${cursorFile}`);
  expect(stdout).toMatch(/^Next steps:\n {2}1\. Restart Cursor\./m);
  expect(stdout).toContain(' doctor cursor --sandbox\n');

  const entry = JSON.parse(readFileSync(cursorFile, 'utf8')).mcpServers['opencx-sessions-sandbox'];
  expect(entry).toEqual({ command: process.execPath, args: [program, '--sandbox', '--read-only'] });
  const client = new Client({ name: 'test', version: '1.0.0' });
  const env = { ...getDefaultEnvironment(), OPENCX_STATE_DIR: join(home, 'state') };
  await client.connect(new StdioClientTransport({ ...entry, env }));
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(readTools);
  await client.close();
});
