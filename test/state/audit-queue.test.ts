import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { auditEntry, auditQueue, sha256 } from '../../src/state/audit-queue.ts';

/** A queue whose writes end when the test says so. */
function answeredQueue() {
  const written: number[][] = [];
  let resolve = () => {};
  const queue = auditQueue<number>((items) => {
    written.push([...items]);
    return new Promise((done) => {
      resolve = done;
    });
  });
  return { queue, written, answer: () => resolve() };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A queue in front of a place that answers as told: with an error, or never if it is `undefined`. */
function setUp(answers: (Error | 'ok' | undefined)[]) {
  const written: number[][] = [];
  const queue = auditQueue<number>(async (items) => {
    written.push([...items]);
    const answer = answers.shift() ?? 'ok';
    if (answer instanceof Error) throw answer;
  });
  return { queue, written };
}

describe('the queue of the audit log', () => {
  it('writes each record once, and nothing if none is owed', async () => {
    const { queue, written } = setUp([]);
    await queue.flush();
    await queue.add(1);
    await queue.add(2);
    await queue.flush();
    expect(written).toEqual([[1], [2]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('owes what could not be written, and writes it first', async () => {
    const { queue, written } = setUp([new Error('disk full'), new Error('disk full')]);
    await expect(queue.add(1)).rejects.toThrow('the audit log cannot be written (disk full)');
    await expect(queue.flush()).rejects.toMatchObject({
      name: 'AuditError',
      cause: { message: 'disk full' },
    });
    await queue.add(2);
    await queue.flush();
    expect(written).toEqual([[1], [1], [1, 2]]);
  });

  it('writes one after the other, and together what came meanwhile', async () => {
    const { queue, written, answer } = answeredQueue();
    const first = queue.add(1);
    await vi.advanceTimersByTimeAsync(0);
    const [second, third] = [queue.add(2), queue.add(3)];
    await vi.advanceTimersByTimeAsync(0);
    expect(written).toEqual([[1]]);
    answer();
    await first;
    await vi.advanceTimersByTimeAsync(0);
    expect(written).toEqual([[1], [2, 3]]);
    answer();
    await Promise.all([second, third]);
  });

  it('lets nobody wait for more than three seconds, and the next record for the write that is late', async () => {
    const { queue, written, answer } = answeredQueue();
    let told: unknown;
    const first = queue.add(1).catch((error) => {
      told = error;
    });
    await vi.advanceTimersByTimeAsync(2999);
    expect(told).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await first;
    expect(told).toMatchObject({ message: 'the audit log cannot be written (it does not answer)' });
    const second = queue.add(2);
    await vi.advanceTimersByTimeAsync(0);
    expect(written).toEqual([[1]]);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(written).toEqual([[1], [2]]);
    answer();
    await second;
  });
});

describe('an entry of the audit log', () => {
  const now = Date.UTC(2026, 0, 31, 8);

  it('proves a text without telling it, and bounds the session', () => {
    const record = { tool: 'send_message', session: 's'.repeat(300), text: 'Hello', outcome: 'sent' };
    const [one, other] = [auditEntry(record, now), auditEntry(record, now)];
    expect(one).toMatchObject({
      at: '2026-01-31T08:00:00.000Z',
      tool: 'send_message',
      session: 's'.repeat(200),
    });
    expect(one.text_salt).toMatch(/^[0-9a-f]{32}$/);
    expect(one.text_sha256).toBe(sha256(`${one.text_salt}Hello`));
    expect(other.text_sha256).not.toBe(one.text_sha256);
  });

  it('has no hash of a text that is not there', () => {
    const entry = auditEntry({ tool: 'outbox', session: undefined, text: undefined, outcome: 'x' }, now);
    expect(JSON.parse(JSON.stringify(entry))).toEqual({
      at: '2026-01-31T08:00:00.000Z',
      tool: 'outbox',
      outcome: 'x',
    });
  });
});
