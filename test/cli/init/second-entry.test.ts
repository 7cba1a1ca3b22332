import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runInit } from '../../../src/cli/init/init.ts';

let home: string;
let output: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'opencx-second-entry-'));
  mkdirSync(join(home, '.cursor'));
  vi.stubEnv('HOME', home);
  vi.stubEnv('USERPROFILE', home);
  output = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += String(text);
    return true;
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(home, { recursive: true, force: true });
});

const program = import.meta.filename;
const init = (options: object) => runInit('cursor', [], options, program, {});
const names = () =>
  Object.keys(JSON.parse(readFileSync(join(home, '.cursor', 'mcp.json'), 'utf8')).mcpServers).sort();

describe('init', () => {
  it('warns of a second entry of this server, and says how to take the first one out', async () => {
    await init({ write: true, sandbox: true });
    expect(output).not.toContain('Warning');
    output = '';
    await init({ write: true, sandbox: true, name: 'another' });
    expect(output).toContain(
      'Warning: the file also has "opencx-sessions-sandbox". With two entries of this server, an assistant may confuse them.\n',
    );
    expect(output).toContain(' init cursor --remove --name opencx-sessions-sandbox\n');
    expect(names()).toEqual(['another', 'opencx-sessions-sandbox']);
    // The advice works, and then there is nothing to warn of.
    await init({ remove: true, name: 'opencx-sessions-sandbox' });
    output = '';
    await init({ write: true, sandbox: true, name: 'another' });
    expect(output).toContain('"another" is already in');
    expect(output).not.toContain('Warning');
  });

  it('warns again if the entry is already there', async () => {
    await init({ write: true, sandbox: true });
    await init({ write: true, sandbox: true, name: 'another' });
    output = '';
    await init({ write: true, sandbox: true, name: 'another' });
    expect(output).toContain('Warning: the file also has "opencx-sessions-sandbox".');
  });
});
