import { Transform } from 'node:stream';

const lineFeed = 0x0a;

/**
 * Passes lines on whole, several at once where they come so, and keeps back what has no end yet. The transport joins
 * and searches all it holds anew for every chunk that arrives, which takes the square of a long message's length.
 * @param maxBytes a line longer than this is passed on as far as it is there: to refuse it is the transport's to do.
 */
export function wholeLines(maxBytes: number): Transform {
  let parts: Buffer[] = [];
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const end = chunk.lastIndexOf(lineFeed) + 1;
      const whole = size + chunk.length > maxBytes ? chunk.length : end;
      if (whole > 0) {
        this.push(Buffer.concat([...parts, chunk.subarray(0, whole)]));
        parts = [];
        size = 0;
      }
      if (whole < chunk.length) {
        parts.push(chunk.subarray(whole));
        size += chunk.length - whole;
      }
      done();
    },
    flush(done) {
      if (size > 0) this.push(Buffer.concat(parts));
      done();
    },
  });
}
