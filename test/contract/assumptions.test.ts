import { describe, expect, it } from 'vitest';
import { type Assumption, assumptions } from '../../src/contract/assumptions.ts';

const entries: Assumption[] = Object.values(assumptions);

describe('assumptions', () => {
  it('have a topic and end in a full stop', () => {
    for (const { topic, taken } of entries) {
      expect(topic.trim()).toBe(topic);
      expect(topic).not.toBe('');
      expect(taken).toMatch(/\.$/);
    }
  });

  it('have unique topics', () => {
    const topics = entries.map(({ topic }) => topic.toLowerCase());
    expect(new Set(topics).size).toBe(topics.length);
  });

  it('mention their value', () => {
    for (const { taken, value } of entries) {
      if (value !== undefined) expect(taken).toContain(String(value));
    }
  });
});
