import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runInit } from '../../../src/cli/init/init.ts';
import { cliHome } from '../../support/program/cli-home.ts';

const home = cliHome();
beforeEach(() => {
  mkdirSync(join(home.path, '.cursor'));
});

const program = import.meta.filename;
const init = (options: object) => runInit('cursor', [], options, program, {});
const names = () =>
  Object.keys(JSON.parse(readFileSync(join(home.path, '.cursor', 'mcp.json'), 'utf8')).mcpServers).sort();

describe('init', () => {
  it('warns of a second entry of this server, and says how to take the first one out', async () => {
    await init({ write: true, sandbox: true });
    expect(home.output).not.toContain('Warning');
    home.output = '';
    await init({ write: true, sandbox: true, name: 'another' });
    expect(home.output).toContain(
      'Warning: the file also has "opencx-sessions-sandbox". With two entries of this server, an assistant may confuse them.\n',
    );
    expect(home.output).toContain(' init cursor --remove --name opencx-sessions-sandbox\n');
    expect(names()).toEqual(['another', 'opencx-sessions-sandbox']);
    // The advice works, and then there is nothing to warn of.
    await init({ remove: true, name: 'opencx-sessions-sandbox' });
    home.output = '';
    await init({ write: true, sandbox: true, name: 'another' });
    expect(home.output).toContain('"another" is already in');
    expect(home.output).not.toContain('Warning');
  });

  it('warns again if the entry is already there', async () => {
    await init({ write: true, sandbox: true });
    await init({ write: true, sandbox: true, name: 'another' });
    home.output = '';
    await init({ write: true, sandbox: true, name: 'another' });
    expect(home.output).toContain('Warning: the file also has "opencx-sessions-sandbox".');
  });

  it.each([
    [{ sandbox: true, name: 'demo' }, ' doctor cursor --sandbox\n'],
    [{ url: 'https://mcp.example.com/mcp' }, ' doctor cursor\n'],
    [{ url: 'https://mcp.example.com/mcp', name: 'opencx-sessions-team' }, ' doctor cursor\n'],
    [{ url: 'https://mcp.example.com/mcp', name: 'support' }, ' doctor --url https://mcp.example.com/mcp\n'],
  ])('after %j, names a check that finds the entry', async (options, check) => {
    await init({ ...options, write: true });
    expect(home.output).toContain(check);
  });
});
