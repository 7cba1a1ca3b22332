import { describe, expect, it } from 'vitest';
import { presented } from '../../../src/presenters/rendering/rendering.ts';
import {
  firstWithinSize,
  fitToSize,
  maxRenderingBytes,
} from '../../../src/presenters/rendering/size-limit.ts';

/** Renders items of the given size, which fill one of the two renderings. */
function sized(bytes: number, where: 'text' | 'view', filler = 'x') {
  const content = filler.repeat(bytes / Buffer.byteLength(filler));
  return (n: number, maxCharacters: number) => {
    const long = content.slice(0, maxCharacters).repeat(n);
    return { view: where === 'view' ? { n, long } : { n, long: '' }, text: where === 'text' ? long : '' };
  };
}

describe('fitToSize', () => {
  it('keeps all items if they fit', () => {
    expect(fitToSize(5, sized(1000, 'text')).view.n).toBe(5);
    expect(fitToSize(0, sized(1000, 'text')).view.n).toBe(0);
  });

  it('takes a rendering of exactly the limit at once', () => {
    let rendered = 0;
    const render = (view: string, text: string) => () => {
      rendered += 1;
      return { view, text };
    };
    const most = 'x'.repeat(maxRenderingBytes);
    fitToSize(1, render('', most));
    // With its two quotation marks.
    fitToSize(1, render(most.slice(2), ''));
    expect(rendered).toBe(2);
  });

  it.each(['text', 'view'] as const)(
    'keeps the %s within the limit, with as many items as possible',
    (where) => {
      for (const bytes of [300, 999, 7000, 23_000]) {
        const { view, text } = fitToSize(100, sized(bytes, where));
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxRenderingBytes);
        expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThanOrEqual(maxRenderingBytes);
        expect((view.n + 1) * bytes + 25).toBeGreaterThan(maxRenderingBytes);
      }
    },
  );

  it('counts bytes, not characters', () => {
    const { view, text } = fitToSize(100, sized(999, 'text', '漢'));
    expect(view.n).toBe(24);
    expect(Buffer.byteLength(text)).toBe(24 * 999);
  });

  it('shortens a single item that does not fit, no more than necessary', () => {
    const { view, text } = fitToSize(3, sized(90_000, 'text'));
    expect(view.n).toBe(1);
    expect(text).toHaveLength(maxRenderingBytes);
  });

  it('shortens other texts if there are no items', () => {
    const render = (_: number, maxCharacters: number) => ({
      view: {},
      text: 'y'.repeat(Math.min(50_000, maxCharacters)),
    });
    expect(fitToSize(0, render).text).toHaveLength(maxRenderingBytes);
  });

  it('needs few renderings', () => {
    let calls = 0;
    const render = sized(100, 'text');
    fitToSize(100_000, (n, maxCharacters) => {
      calls += 1;
      return render(Math.min(n, 1000), maxCharacters);
    });
    expect(calls).toBeLessThan(25);
  });
});

describe('firstWithinSize', () => {
  it('returns the first items that fit together', () => {
    expect(firstWithinSize(['aaa', 'bbb', 'ccc'], 10)).toEqual(['aaa', 'bbb']);
    expect(firstWithinSize(['aaa', 'b'.repeat(50), 'c'], 12)).toEqual(['aaa']);
    expect(firstWithinSize([], 10)).toEqual([]);
  });

  it('always returns the first item', () => {
    expect(firstWithinSize(['a'.repeat(50), 'b'], 10)).toHaveLength(1);
  });
});

describe('presented', () => {
  it('looks for personal data only in what could fit, and makes the text of what is left', () => {
    const seen: unknown[] = [];
    const redact = {
      view: <T>(view: T): T => {
        seen.push(view);
        return { ...view, text: 'redacted' };
      },
      text: (text: string) => text,
    };
    const context = { now: new Date(0), nonce: 'n', redact };
    const long = { text: 'x'.repeat(80_000) };
    expect(presented(long, ({ text }) => text, context).view).toBe(long);
    expect(seen).toEqual([]);
    expect(presented({ text: 'short' }, ({ text }) => text, context)).toEqual({
      view: { text: 'redacted' },
      text: 'redacted',
    });
  });
});
