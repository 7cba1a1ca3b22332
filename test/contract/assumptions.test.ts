import { describe, expect, it } from 'vitest';
import { type Assumption, assumptions } from '../../src/contract/assumptions.ts';

const entries: Assumption[] = Object.values(assumptions);

describe('assumptions', () => {
  it('name a topic and what is taken, in full sentences', () => {
    for (const { topic, taken } of entries) {
      expect(topic.trim()).toBe(topic);
      expect(topic).not.toBe('');
      expect(taken).toMatch(/\.$/);
    }
  });

  it('name each topic once', () => {
    const topics = entries.map(({ topic }) => topic.toLowerCase());
    expect(new Set(topics).size).toBe(topics.length);
  });

  it('say the number that they set', () => {
    for (const { taken, value } of entries) {
      if (value !== undefined) expect(taken).toContain(String(value));
    }
  });
});
