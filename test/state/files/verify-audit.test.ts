import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAudit } from '../../../src/state/files/audit.ts';
import { verifyAudit } from '../../../src/state/files/verify-audit.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opencx-verify-audit-'));
  file = join(folder, 'audit.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lines = () => readFileSync(file, 'utf8').trimEnd().split('\n');
const store = (changed: readonly string[]) =>
  writeFileSync(file, changed.map((line) => `${line}\n`).join(''));
/** Writes records as one run of the program does. */
async function run(records: number, name = 'sent'): Promise<void> {
  const audit = await openAudit(file);
  for (let n = 1; n <= records; n += 1) {
    await audit.write({ tool: 'send_message', session: 'session-1', text: 'Hi', outcome: `${name}-${n}` });
  }
}
const breaksOf = async () =>
  (await verifyAudit([file])).breaks.map(
    ({ line, problem }) => `${line}: ${problem.replaceAll(/[0-9a-f]{12}/g, 'RUN')}`,
  );

describe('the chain of an audit log', () => {
  it('holds for the records of several runs', async () => {
    await run(3);
    await run(2);
    const [, , , , last = ''] = lines();
    const check = await verifyAudit([file]);
    expect(check).toMatchObject({ records: 5, runs: 2, repeated: 0, breaks: [], hasExpected: true });
    // `sha256sum` of the last line gives the same.
    expect(check.last).toBe(createHash('sha256').update(last).digest('hex'));
  });

  it('holds for the mixed records of two runs at once', async () => {
    await run(1);
    const [one, other] = [await openAudit(file), await openAudit(file)];
    for (const audit of [other, one, one, other, one]) await audit.write({ tool: 'a', outcome: 'ok' });
    expect(await verifyAudit([file])).toMatchObject({ records: 6, runs: 3, breaks: [] });
  });

  it('holds for an empty file', async () => {
    await run(0);
    expect(await verifyAudit([file])).toEqual({
      records: 0,
      runs: 0,
      repeated: 0,
      breaks: [],
      last: undefined,
      hasExpected: true,
    });
  });

  it.each<[string, (all: string[]) => string[], string[]]>([
    [
      'a changed record',
      ([a = '', b = '', ...rest]) => [a, b.replace('sent-2', 'sent-9'), ...rest],
      ['3: this record does not follow line 2: one of the two was changed'],
    ],
    [
      'a record whose number was changed',
      ([a = '', b = '', ...rest]) => [a, b.replace('"seq":2', '"seq":1'), ...rest],
      [
        '2: record 1 of run RUN is not in its place, or was changed',
        '3: record 2 of run RUN should come before this line',
      ],
    ],
    [
      'a removed record',
      ([a = '', _, ...rest]) => [a, ...rest],
      ['2: record 2 of run RUN should come before this line'],
    ],
    [
      'several removed records at the beginning',
      ([, , c = '', ...rest]) => [c, ...rest],
      ['1: records 1 to 2 of run RUN should come before this line'],
    ],
    [
      'records in another order',
      ([a = '', b = '', c = '', ...rest]) => [a, c, b, ...rest],
      [
        '2: record 2 of run RUN should come before this line',
        '3: record 2 of run RUN is not in its place, or was changed',
      ],
    ],
    [
      'a removed last record of a run, if a later run began after it',
      (all) => all.filter((_, index) => index !== 2),
      ['3: the record that run RUN began after is missing, or was changed'],
    ],
    [
      'a changed last record of a run, if a later run began after it',
      (all) => all.map((line) => line.replace('sent-3', 'sent-9')),
      ['4: the record that run RUN began after is missing, or was changed'],
    ],
    [
      'an added line that is no record',
      ([a = '', ...rest]) => [a, '{"outcome":"sent"}', ...rest],
      ['2: this is no complete record'],
    ],
    ['a last line that is no record', (all) => [...all, '{"chain":'], ['6: this is no complete record']],
    [
      'an added record with a chain of another form',
      (all) => [...all, '{"chain":"\u001b[2J","seq":1,"prev":null}'],
      ['6: this is no complete record'],
    ],
  ])('is broken by %s', async (_, change, broken) => {
    await run(3);
    await run(2, 'later');
    store(change(lines()));
    expect(await breaksOf()).toEqual(broken);
  });

  it('cannot show that the last records are missing, but a hash that was kept elsewhere can', async () => {
    await run(3);
    const { last } = await verifyAudit([file]);
    store(lines().slice(0, 2));
    expect(await verifyAudit([file])).toMatchObject({ records: 2, breaks: [] });
    expect(await verifyAudit([file], last)).toMatchObject({ breaks: [], hasExpected: false });
    await run(1);
    expect((await verifyAudit([file], last?.toUpperCase())).hasExpected).toBe(false);
  });

  it('has a record with a hash in upper or lower case', async () => {
    await run(2);
    const { last = '' } = await verifyAudit([file]);
    await run(1);
    for (const hash of [last, last.toUpperCase()])
      expect((await verifyAudit([file], hash)).hasExpected).toBe(true);
  });

  it('holds if a failed write cut a record off, or wrote it, before it was written again', async () => {
    await run(3);
    const [a = '', b = '', c = ''] = lines();
    store([a, b, c.slice(0, 40), b, c, '']);
    expect(await verifyAudit([file])).toMatchObject({ records: 3, repeated: 1, breaks: [] });
  });

  it('is broken by a record that was cut off and not written again', async () => {
    await run(3);
    const [a = '', b = '', c = ''] = lines();
    store([a, b.slice(0, 40), c]);
    expect(await breaksOf()).toEqual([
      '2: this is no complete record',
      '3: record 2 of run RUN should come before this line',
    ]);
  });

  it('goes on in the next file if the log was moved away', async () => {
    const audit = await openAudit(file);
    await audit.write({ tool: 'a', outcome: 'one' });
    const old = join(folder, 'old.jsonl');
    writeFileSync(old, readFileSync(file));
    writeFileSync(file, '');
    await audit.write({ tool: 'a', outcome: 'two' });
    expect((await verifyAudit([old, file])).breaks).toEqual([]);
    expect((await verifyAudit([file])).breaks).toMatchObject([{ file, line: 1 }]);
  });

  it('is read without keeping a line in memory that is too long for a record', async () => {
    await run(1);
    const [first = ''] = lines();
    store([first, `{"long":"${'x'.repeat(200_000)}"}`, 'x'.repeat(70_000)]);
    expect(await breaksOf()).toEqual(['2: this is no complete record', '3: this is no complete record']);
  });

  it('tells of twenty breaks at most', async () => {
    store(Array.from({ length: 30 }, (_, n) => `no record ${n}`));
    expect(await breaksOf()).toHaveLength(20);
  });

  it('cannot be checked if a file cannot be read', async () => {
    await expect(verifyAudit([join(folder, 'missing')])).rejects.toThrow('ENOENT');
  });
});
