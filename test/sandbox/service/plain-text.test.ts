import { describe, expect, it } from 'vitest';
import { oneLine, stripMarkup } from '../../../src/sandbox/service/plain-text.ts';

describe('stripMarkup', () => {
  it.each([
    ['<p>Hi <b>Jo</b>e,</p><style>p{}</style>bye', ' Hi Joe,  bye'],
    ['<p>it&#39;s &nbsp;</p>', " it's   "],
    ['<p>a</p><script>never ends', ' a  '],
    ['a<script>if (x < y) "</style>"</SCRIPT>b', 'a b'],
    ['a < b > c', 'a < b > c'],
  ])('turns %j into text', (html, text) => {
    expect(stripMarkup(html)).toBe(text);
  });

  it.each(['<', '<b ', '<style ', '‹', '&a', '&#0', ' '])('takes linear time for a flood of %j', (flood) => {
    const timeOf = (length: number) => {
      const text = `<b>${flood.repeat(length / flood.length)}`;
      const started = performance.now();
      oneLine(text);
      return performance.now() - started;
    };
    timeOf(100_000);
    // Ten times as much text. Quadratic time would be a hundred times as long, and minutes.
    expect(timeOf(1_000_000)).toBeLessThan(Math.max(3000, 50 * timeOf(100_000)));
  });
});
