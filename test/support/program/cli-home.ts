import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';

/** The home folder of one test, which is empty at first, and what the program has printed in it. */
export interface CliHome {
  readonly path: string;
  output: string;
}

/** Gives each test of a file a home folder of its own. */
export function cliHome(): CliHome {
  const home = { path: '', output: '' };
  beforeEach(() => {
    home.path = mkdtempSync(join(tmpdir(), 'opencx-home-'));
    home.output = '';
    vi.stubEnv('HOME', home.path);
    vi.stubEnv('USERPROFILE', home.path);
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      home.output += String(text);
      return true;
    });
  });
  afterEach(() => {
    process.exitCode = undefined;
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    rmSync(home.path, { recursive: true, force: true });
  });
  return home;
}
