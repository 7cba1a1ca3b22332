import { beforeEach, describe, expect, it } from 'vitest';
import type { LastReadMarks } from '../../../src/state/principal/last-read.ts';

/** Opens the marks of a principal in one place. Opening them again gives the same marks. */
export type LastReadPlace = (principal: string) => LastReadMarks;

/** What every implementation of the last-read marks promises. */
export function describeLastRead(name: string, createPlace: () => LastReadPlace): void {
  describe(name, () => {
    let marksOf: LastReadPlace;
    let marks: LastReadMarks;
    beforeEach(() => {
      marksOf = createPlace();
      marks = marksOf('principal-1');
    });

    const earlier = '2026-03-01T12:00:00.000Z';
    const later = '2026-03-01T12:05:00.000Z';

    it('knows nothing about a conversation that was not read', async () => {
      expect(await marks.get('session-1')).toBeUndefined();
    });

    it('knows how far a conversation was read', async () => {
      await marks.set('session-1', earlier);
      expect(await marks.get('session-1')).toBe(earlier);
      await marks.set('session-1', later);
      expect(await marks.get('session-1')).toBe(later);
    });

    it('keeps a time as it was written', async () => {
      await marks.set('session-1', '2026-03-01T13:00:00.123456+01:00');
      expect(await marks.get('session-1')).toBe('2026-03-01T13:00:00.123456+01:00');
    });

    it('keeps conversations apart', async () => {
      await marks.set('session-1', earlier);
      expect(await marks.get('session-2')).toBeUndefined();
      await marks.set('session-2', later);
      expect(await marks.get('session-1')).toBe(earlier);
    });

    it.each(['__proto__', 'constructor', ''])('accepts the session id "%s"', async (id) => {
      expect(await marks.get(id)).toBeUndefined();
      await marks.set(id, earlier);
      expect(await marks.get(id)).toBe(earlier);
    });

    it('keeps principals apart', async () => {
      await marks.set('session-1', earlier);
      const others = marksOf('principal-2');
      expect(await others.get('session-1')).toBeUndefined();
      await others.set('session-1', later);
      expect(await marks.get('session-1')).toBe(earlier);
    });

    it('gives a principal the same marks each time', async () => {
      await marks.set('session-1', earlier);
      expect(await marksOf('principal-1').get('session-1')).toBe(earlier);
    });

    it('shares nothing with another place', async () => {
      await marks.set('session-1', earlier);
      expect(await createPlace()('principal-1').get('session-1')).toBeUndefined();
    });
  });
}
