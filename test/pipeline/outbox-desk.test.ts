import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SessionsClient } from '../../src/client/client.ts';
import { digestOf as digestOfScene } from '../../src/conversations/outbox/scene.ts';
import type { CallDependencies } from '../../src/pipeline/call.ts';
import { type OutboxDesk, outboxDesk } from '../../src/pipeline/outbox-desk.ts';
import type { AuditRecord } from '../../src/state/audit.ts';
import { AuditError, OutboxError } from '../../src/state/errors.ts';
import { newMemory } from '../../src/state/memory/principal-memory.ts';
import type { Outbox } from '../../src/state/outbox/outbox.ts';
import { outboxDesk as aDesk, type Step, sessionId, text } from '../support/outbox/desk.ts';

/** A person at an outbox with one draft. */
async function deskWithDraft(
  options: Parameters<typeof aDesk>[0] = {},
  isAuditBroken = false,
  step?: Step,
  { onlyOf, ...more }: Partial<CallDependencies> & { onlyOf?: string } = {},
) {
  const desk = aDesk(options);
  await desk.draft();
  const process = desk.start(step);
  const { client: api, sendLog } = process.context();
  const client: SessionsClient = {
    ...api,
    sendMessage(...wanted) {
      wanted[2]?.onStart?.('POST');
      return api.sendMessage(...wanted);
    },
  };
  const records: AuditRecord[] = [];
  const logged: object[] = [];
  const log = (fields: object, message: string) => void logged.push({ message, ...fields });
  const person = outboxDesk({
    dependencies: {
      client,
      sendLog,
      audit: {
        async ready() {
          if (isAuditBroken) throw new AuditError(new Error('ENOSPC'));
        },
        write: async (record) => void records.push(record),
      },
      allowVerified: false,
      confirmSends: false,
      logger: { info: log, error: log },
      clock: desk.clock,
      secrets: ['a-secret-key-of-the-api'],
      ...more,
      outbox: more.outbox ?? process.outbox,
    },
    by: 'sam',
    onlyOf,
    memory: newMemory(),
    timeoutMs: 50_000,
  });
  return { ...desk, person, records, logged };
}

async function digestOf(person: OutboxDesk, number = 1): Promise<string> {
  const listed = await person.list();
  const drafts = listed.outcome === 'listed' ? listed.drafts : [];
  const draft = drafts.find(({ draft }) => draft.number === number)?.draft;
  return draft === undefined ? '' : digestOfScene(draft, draft.scene);
}

describe('a person at the outbox', () => {
  it('approves a draft, which is recorded', async () => {
    const { person, records, world } = await deskWithDraft();
    const approved = await person.approve({ number: 1, digest: await digestOf(person) });
    expect(approved).toMatchObject({ outcome: 'sent', draft: { state: 'sent', decision: { by: 'sam' } } });
    expect(world.posts).toHaveLength(1);
    expect(records).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{12}$/),
        tool: 'outbox',
        session: sessionId,
        text,
        draft: 1,
        decision: 'approved',
        outcome: 'sent',
        requested: true,
        person: 'sam',
      },
    ]);
  });

  it('edits a draft, and the text that was sent is recorded', async () => {
    const { person, records, world } = await deskWithDraft();
    await person.approve({ number: 1, digest: await digestOf(person), text: 'It ships tomorrow.' });
    expect(world.posts[0]?.body.message.text).toBe('It ships tomorrow.');
    expect(records).toMatchObject([{ decision: 'edited', text: 'It ships tomorrow.', outcome: 'sent' }]);
  });

  it('rejects a draft, which is recorded', async () => {
    const { person, records } = await deskWithDraft();
    await person.reject({ number: 1, reason: 'Too blunt.' });
    expect(records).toMatchObject([{ draft: 1, decision: 'rejected', outcome: 'rejected', person: 'sam' }]);
    expect(records[0]).not.toHaveProperty('text');
    expect(await person.list()).toMatchObject({ drafts: [{ state: 'rejected' }] });
  });

  it('is told that a draft was decided before, and nothing more is recorded', async () => {
    const { person, records } = await deskWithDraft();
    const digest = await digestOf(person);
    await person.reject({ number: 1, reason: 'Too blunt.' });
    expect(await person.approve({ number: 1, digest })).toMatchObject({ outcome: 'decided' });
    expect(await person.reject({ number: 1, reason: 'Too long.' })).toMatchObject({ outcome: 'decided' });
    expect(records).toEqual([
      {
        id: expect.any(String),
        tool: 'outbox',
        session: sessionId,
        draft: 1,
        decision: 'rejected',
        outcome: 'rejected',
        requested: false,
        person: 'sam',
      },
    ]);
  });

  it.each(['approve', 'reject'] as const)(
    'decides (%s) for the workspace that the draft came from',
    async (decision) => {
      const { person, draft, records, world } = await deskWithDraft({ fate: () => 'rejected' });
      await draft({ words: 'It left.' }, { author: { workspace: 'acme' } });
      await person[decision]({ number: 2, digest: await digestOf(person, 2), reason: 'Too blunt.' });
      expect(world.posts).toHaveLength(decision === 'approve' ? 1 : 0);
      expect(records).toMatchObject([{ draft: 2, session: sessionId, workspace: 'acme' }]);
    },
  );

  it('needs no audit log', async () => {
    const { person } = await deskWithDraft({}, false, undefined, { audit: undefined });
    const digest = await digestOf(person);
    expect(await person.approve({ number: 1, digest })).toMatchObject({ outcome: 'sent' });
  });

  it('reads only the drafts of one author, if that is all they may read', async () => {
    const { person, draft } = await deskWithDraft({}, false, undefined, { onlyOf: 'ann' });
    await draft({ words: 'It left.' }, { author: { person: 'ann' } });
    expect(await person.list()).toMatchObject({ drafts: [{ draft: { number: 2 } }] });
    expect(await person.review(1)).toEqual({ outcome: 'missing' });
    expect(await person.review(2)).toMatchObject({ outcome: 'read', review: { draft: { number: 2 } } });
  });

  it('reads no draft that is gone when its conversation is to be read', async () => {
    const written = [await aDesk().draft()];
    const get = async () => written.shift();
    const { person } = await deskWithDraft({}, false, undefined, { outbox: { get } as unknown as Outbox });
    expect(await person.review(1)).toEqual({ outcome: 'missing' });
  });

  it('leaves no timer behind', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { person } = await deskWithDraft();
    await person.list();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is told what changed, and nothing is recorded', async () => {
    const { person, records, write } = await deskWithDraft();
    const digest = await digestOf(person);
    write('user', 'Never mind.');
    const result = await person.approve({ number: 1, digest });
    expect(result).toMatchObject({ outcome: 'changed', review: { hasChanged: true } });
    expect(await person.review(1)).toMatchObject({
      outcome: 'read',
      review: { digest: result.outcome === 'changed' ? result.review.digest : '' },
    });
    expect(await person.approve({ number: 2, digest })).toEqual({ outcome: 'missing' });
    expect(await person.review(2)).toEqual({ outcome: 'missing' });
    expect(records).toEqual([]);
  });

  it('is told why a draft was not sent', async () => {
    const { person, records } = await deskWithDraft({ fate: () => 'rejected' });
    const result = await person.approve({ number: 1, digest: await digestOf(person) });
    expect(result).toMatchObject({
      outcome: 'not_sent',
      draft: { state: 'waiting' },
      problem: 'The API refused the request (400). Nothing was changed.',
    });
    expect(result).not.toHaveProperty('error');
    expect(records).toMatchObject([{ outcome: 'not_sent', decision: 'approved' }]);
  });

  it('is told that it is not known what became of a draft', async () => {
    const { person, records } = await deskWithDraft({ fate: () => 'request lost' });
    expect(await person.approve({ number: 1, digest: await digestOf(person) })).toMatchObject({
      outcome: 'unknown',
      problem: expect.stringMatching(/^Delivery unknown: .+ may still appear there\.$/),
    });
    expect(records).toMatchObject([{ outcome: 'unknown', decision: 'approved' }]);
  });

  it('leaves a record although the outbox cannot be used any more once the message has left', async () => {
    let changes = 0;
    const { person, records } = await deskWithDraft({ fate: () => 'rejected' }, false, async (what) => {
      if (what === 'outbox.change') changes += 1;
      if (changes > 2) throw new OutboxError('a folder', new Error('EIO'));
    });
    const digest = await digestOf(person);
    expect(await person.approve({ number: 1, digest })).toMatchObject({ outcome: 'failed' });
    const failed = { outcome: 'failed', draft: 1, session: sessionId, text, decision: 'approved' };
    expect(records).toMatchObject([{ ...failed, requested: true }]);
  });

  it('leaves a record of the text that was to be sent instead', async () => {
    let changes = 0;
    const { person, records } = await deskWithDraft({ fate: () => 'rejected' }, false, async (what) => {
      if (what === 'outbox.change') changes += 1;
      if (changes > 2) throw new OutboxError('a folder', new Error('EIO'));
    });
    const digest = await digestOf(person);
    await person.approve({ number: 1, digest, text: 'It left.' });
    expect(records).toMatchObject([{ outcome: 'failed', draft: 1, decision: 'edited', text: 'It left.' }]);
  });

  it('is told that a message was sent although that cannot be recorded, which is logged', async () => {
    const { person, logged } = await deskWithDraft({}, false, async (what) => {
      if (what === 'api.sendMessage done') broken = true;
      if (broken && what === 'outbox.change') throw lost;
    });
    let broken = false;
    const lost = new OutboxError('a folder', new Error('EIO'));
    const result = await person.approve({ number: 1, digest: await digestOf(person) });
    expect(result).toMatchObject({ outcome: 'sent' });
    expect(result).not.toHaveProperty('lost');
    const call = expect.stringMatching(/^[0-9a-f]{12}$/);
    expect(logged.slice(1)).toEqual([
      { message: 'outcome of a draft not recorded', call, err: lost },
      { message: 'call', call, tool: 'outbox', outcome: 'sent', requests: 0, status: undefined },
    ]);
  });

  it('is told of a bug without its details, which are logged', async () => {
    const bug = new TypeError('x is undefined');
    const list = () => Promise.reject(bug);
    const { person, logged } = await deskWithDraft({}, false, undefined, {
      outbox: { list } as unknown as Outbox,
    });
    expect(await person.list()).toEqual({
      outcome: 'failed',
      problem: expect.stringMatching(/^Internal error: .+ Nothing was sent and nothing was changed\.$/),
    });
    expect(logged).toMatchObject([{ message: 'unexpected error', err: bug }, { message: 'call' }]);
  });

  it('is answered although the audit log cannot be written any more, which is logged', async () => {
    const full = new Error('ENOSPC');
    const { person, logged } = await deskWithDraft({}, false, undefined, {
      audit: { ready: async () => {}, write: () => Promise.reject(full) },
    });
    expect(await person.reject({ number: 1, reason: '' })).toMatchObject({ outcome: 'rejected' });
    expect(logged).toMatchObject([{ message: 'call' }, { message: 'audit line not written', err: full }]);
  });

  it.each(['', ' '])('cannot send the text "%s"', async (words) => {
    const { person, records } = await deskWithDraft();
    const digest = await digestOf(person);
    expect(await person.approve({ number: 1, digest, text: words })).toEqual({
      outcome: 'failed',
      problem: '`text`: must not be empty. Nothing was changed.',
    });
    expect(records).toEqual([]);
  });

  it('decides nothing while the audit log cannot be written', async () => {
    const { person, world, logged } = await deskWithDraft({}, true);
    const digest = await digestOf(person);
    const problem = expect.stringMatching(/^Not done: the audit log cannot be written/);
    expect(await person.approve({ number: 1, digest })).toEqual({ outcome: 'failed', problem });
    expect(await person.reject({ number: 1, reason: '' })).toEqual({ outcome: 'failed', problem });
    expect(logged).toMatchObject(Array(3).fill({ message: 'call' }));
    expect(await person.list()).toMatchObject({ drafts: [{ state: 'waiting' }] });
    expect(world.posts).toEqual([]);
  });

  it('reads no key, and no log has words of the message', async () => {
    const { person, draft, logged } = await deskWithDraft();
    await draft({ words: 'The key is a-secret-key-of-the-api.' }, { author: { person: 'ann' } });
    const listed = await person.list();
    expect(listed).toMatchObject({ drafts: [{ draft: { number: 2 } }, { draft: { number: 1 } }] });
    expect(JSON.stringify(listed)).not.toContain('a-secret-key');
    await person.approve({ number: 1, digest: await digestOf(person) });
    expect(logged.length).toBeGreaterThan(0);
    expect(JSON.stringify(logged)).not.toMatch(/ships|parcel/);
  });
});
