import { describe, expect, it } from 'vitest';
import { wholeLines } from '../../src/server/whole-lines.ts';
import { seeded } from '../tools/fakes.ts';

/** What comes out of these chunks, each as it is passed on. */
async function passed(chunks: readonly Buffer[], maxBytes = 1000): Promise<string[]> {
  const lines = wholeLines(maxBytes);
  const out: string[] = [];
  lines.on('data', (chunk: Buffer) => out.push(chunk.toString('latin1')));
  for (const chunk of chunks) lines.write(chunk);
  lines.end();
  await new Promise((resolve) => lines.once('end', resolve));
  return out;
}

const bytes = (...texts: string[]) => texts.map((text) => Buffer.from(text, 'latin1'));

describe('lines', () => {
  it('are kept back until they are whole', async () => {
    expect(await passed(bytes('a', 'b', 'c\nd', 'e\n'))).toEqual(['abc\n', 'de\n']);
  });

  it('that come together go on together', async () => {
    expect(await passed(bytes('a\nb\nc'))).toEqual(['a\nb\n', 'c']);
  });

  it('without an end go on when the input ends', async () => {
    expect(await passed(bytes('a', 'b'))).toEqual(['ab']);
  });

  it('that are too long go on as far as they are there', async () => {
    expect(await passed(bytes('12345', '67890', '1', '2\n'), 10)).toEqual(['12345678901', '2\n']);
  });

  it('lose and change nothing, however they are cut', async () => {
    const random = seeded(7);
    for (let round = 0; round < 200; round += 1) {
      const chunks = Array.from({ length: random.below(20) + 1 }, () =>
        Buffer.from(Array.from({ length: random.below(8) + 1 }, () => (random.chance(0.2) ? 10 : 195))),
      );
      const out = await passed(chunks, 20);
      expect(out.join('')).toBe(Buffer.concat(chunks).toString('latin1'));
      for (const part of out.slice(0, -1)) expect(part.endsWith('\n') || part.length > 20).toBe(true);
    }
  });
});
