import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readClientFile, replaceClientFile } from '../../../src/cli/init/client-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opencx-client-file-'));
  path = join(folder, 'mcp.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const change = { text: 'new', backup: 'old, without keys', hasKey: false };
const content = (name = 'mcp.json') => readFileSync(join(folder, name), 'utf8');
const mode = (name = 'mcp.json') => statSync(join(folder, name)).mode & 0o777;
const backupName = 'mcp.json.opencx-sessions.bak';

describe('the file of a client', () => {
  it('is created with its folder, for its owner only, without a backup', async () => {
    path = join(folder, 'deep', 'mcp.json');
    expect(await replaceClientFile(await readClientFile(path), change)).toBeUndefined();
    expect(readdirSync(join(folder, 'deep'))).toEqual(['mcp.json']);
    expect([content('deep/mcp.json'), mode('deep/mcp.json')]).toEqual(['new', 0o600]);
  });

  it.each([
    ['kept', 0o644, false, 0o644],
    ['closed to others if it gets a key', 0o644, true, 0o600],
    ['kept if others can already not read it', 0o600, true, 0o600],
  ])('is replaced, and its mode is %s', async (_, before, hasKey, after) => {
    writeFileSync(path, 'old');
    chmodSync(path, before);
    const backup = await replaceClientFile(await readClientFile(path), { ...change, hasKey });
    expect(backup).toBe(join(folder, backupName));
    expect([content(), mode()]).toEqual(['new', after]);
    expect([content(backupName), mode(backupName)]).toEqual(['old, without keys', 0o600]);
    expect(readdirSync(folder).sort()).toEqual(['mcp.json', backupName]);
  });

  it.each(['old', undefined])(
    'is left as another program has just written it, when it was %s',
    async (before) => {
      if (before !== undefined) writeFileSync(path, before);
      const file = await readClientFile(path);
      writeFileSync(path, 'by another program');
      await expect(replaceClientFile(file, change)).rejects.toThrow(
        'was just changed by another program; try again',
      );
      expect(content()).toBe('by another program');
      expect(readdirSync(folder)).toEqual(['mcp.json']);
    },
  );

  // The superuser may write any file, so its mode decides.
  it('is left as it is if it is read-only', async () => {
    writeFileSync(path, 'old');
    chmodSync(path, 0o444);
    await expect(replaceClientFile(await readClientFile(path), change)).rejects.toThrow(
      'is read-only: make it writable, or edit it yourself',
    );
    expect([content(), mode(), readdirSync(folder)]).toEqual(['old', 0o444, ['mcp.json']]);
  });

  it('is not created behind a link that leads nowhere', async () => {
    symlinkSync(join(folder, 'nowhere.json'), path);
    await expect(readClientFile(path)).rejects.toThrow(
      'is a link to a file that does not exist: create that file, or remove the link',
    );
    expect(readdirSync(folder)).toEqual(['mcp.json']);
  });

  it('is replaced behind its link, which stays', async () => {
    writeFileSync(join(folder, 'real.json'), 'old');
    symlinkSync(join(folder, 'real.json'), path);
    await replaceClientFile(await readClientFile(path), change);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(content('real.json')).toBe('new');
  });

  it.each<[string, () => void]>([
    ['is not a regular file', () => mkdirSync(path)],
    ['is not UTF-8 text: save it as UTF-8', () => writeFileSync(path, Buffer.from('{}', 'utf16le'))],
    // It would be written back with other characters.
    [
      'is not UTF-8 text: save it as UTF-8',
      () => writeFileSync(path, Buffer.from('{"name": "café"}', 'latin1')),
    ],
    ['cannot be read (ENOTDIR', () => writeFileSync(path, '')],
  ])('is refused: it %s', async (problem, make) => {
    make();
    const file = problem.includes('ENOTDIR') ? join(path, 'mcp.json') : path;
    await expect(readClientFile(file)).rejects.toThrow(problem);
  });

  it('leaves nothing behind if it cannot be replaced', async () => {
    writeFileSync(path, 'old');
    const file = await readClientFile(path);
    mkdirSync(join(folder, backupName));
    await expect(replaceClientFile(file, change)).rejects.toThrow('cannot be written (');
    expect(content()).toBe('old');
    expect(readdirSync(folder).sort()).toEqual(['mcp.json', backupName]);
  });
});
