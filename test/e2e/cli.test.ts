import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runToEnd, start } from '../support/program.ts';

let folder: string;
let temp: string;
let home: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opencx-cli-'));
  temp = join(folder, 'tmp');
  home = join(folder, 'home');
  for (const path of [temp, home]) mkdirSync(path);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the demo leaves nothing behind', () => {
  const demo = () => ({ args: ['demo'], env: { TMPDIR: temp, HOME: home } });

  /** The demo, watched to its end from its first words on. */
  async function interrupted(how: (child: ReturnType<typeof start>) => void) {
    const child = start(demo());
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const closed = once(child, 'exit');
    await once(child.stdout, 'data');
    expect(readdirSync(temp)).toHaveLength(1);
    how(child);
    const [code] = await closed;
    return { code, stderr };
  }

  it('when it comes to its end, having found the session by the name of its contact', async () => {
    const { code, stdout, stderr } = await runToEnd(demo());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^search_sessions \{"query":"Amelia Hart"\}$/m);
    expect([...readdirSync(temp), ...readdirSync(home)]).toEqual([]);
  });

  it('when its reader has read enough', async () => {
    expect(await interrupted((child) => child.stdout.destroy())).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(temp)).toEqual([]);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('after %s', async (signal, expected) => {
    expect(await interrupted((child) => child.kill(signal))).toEqual({ code: expected, stderr: '' });
    expect(readdirSync(temp)).toEqual([]);
  });
});
