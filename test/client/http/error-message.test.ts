import { describe, expect, it } from 'vitest';
import { readMessage } from '../../../src/client/http/error-message.ts';

const key = 'ocx_live_0123456789';
const read = (message: unknown) => readMessage(JSON.stringify({ message }), key);

describe('markup in an error message', () => {
  it.each([
    ['<b>Bad</b> request', 'Bad request'],
    [
      '<!DOCTYPE html><html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>',
      'Bad gateway',
    ],
    ['Wrong.<script>go("/login")</script>', 'Wrong.'],
    ['Wrong.<style>p { color: red', 'Wrong.'],
    ['Wrong.<script>if (x < y) "</style>"</SCRIPT>Again.', 'Wrong. Again.'],
    ['Wrong <title <script>x</script>Again.', 'Wrong title Again.'],
    ['Wrong <a href=jo@example@com>link</a>.', 'Wrong link .'],
    ['Wrong.<script type="module">go()</script>Again.', 'Wrong. Again.'],
    ['Wrong.<!-- nginx --> Again.', 'Wrong. Again.'],
    ['Wrong.<!-- nginx', 'Wrong.'],
    ['See <a href="mailto:help@example.com">us</a>', 'See us'],
    ['<<b>script>x', '< script>x'],
    ['<\u200bscript>x', '\u200bscript>x'],
    ['<\ufeffscript>x', 'script>x'],
    ['Cut off <a href="https://example.com', 'Cut off a href="https://example.com'],
    ['<html></html>', undefined],
  ])('is removed: %j', (message, expected) => {
    expect(read(message)).toBe(expected);
  });

  it('never leaves the start of a tag, however tags are nested', () => {
    const pieces = ['<', '<b>', '</', 'script', '>', '<!--', '-->', 'x', ' ', '<?php', '/'];
    for (let seed = 1; seed < 3000; seed += 1) {
      let rest = seed * 7919;
      let message = '';
      while (rest > 0) {
        message += pieces[rest % pieces.length];
        rest = Math.floor(rest / pieces.length);
      }
      expect(read(message) ?? '').not.toMatch(/<[a-z!/?]/i);
    }
  });

  it.each(['a < b and c > d', 'Jane <jane@example.com> is blocked', '5 <6', 'temperature <= 3', 'a <'])(
    'is not detected in: %s',
    (message) => {
      expect(read(message)).toBe(message);
    },
  );
});

describe('a stack trace in an error message', () => {
  it.each([
    [
      'TypeError: x is no function\n    at Object.<anonymous> (/srv/app/main.js:1:7)\n    at node:internal/main:2:3',
    ],
    ['TypeError: x is no function at handle (/srv/app/src/send.ts:12:9) at async run (/srv/app/run.mjs:3:1)'],
    ['TypeError: x is no function\n    at new Promise (<anonymous>)'],
    ['TypeError: x is no function\n\tat com.example.Send.run(Send.java:12)'],
    ['TypeError: x is no function\n   at Example.Send() in C:\\app\\Send.cs:line 12'],
    ['TypeError: x is no function\nTraceback (most recent call last):\n  File "/srv/a.py", line 3, in f'],
    ['TypeError: x is no function\n  File "/srv/a.py", line 3, in f'],
    ['TypeError: x is no function\nStack trace:\n#0 /var/www/send.php(12): run()'],
    ['TypeError: x is no function\n#0 /var/www/send.php(12): run()'],
    ["TypeError: x is no function\n/srv/app/send.rb:12:in `run'"],
    ['TypeError: x is no function\ngoroutine 1 [running]:\nmain.main()'],
  ])('is removed: %j', (message) => {
    expect(read(message)).toBe('TypeError: x is no function');
  });

  it.each([
    'The meeting is at 10:30',
    'No answer from the database at db.example.com:5432',
    'Look at line 12 of the file',
    'File "a.pdf" is too large',
  ])('is not detected in: %s', (message) => {
    expect(read(message)).toBe(message);
  });

  it('leaves undefined if there is nothing else', () => {
    expect(read('    at run (/srv/app/run.js:1:1)')).toBeUndefined();
    expect(read('at run (/srv/app/run.js:1:1)')).toBeUndefined();
  });
});

describe('the key in an error message', () => {
  it('is redacted even if JSON escapes or markup split it', () => {
    expect(read(`Unknown key ${key}.`)).toBe('Unknown key [key].');
    expect(readMessage(`{"message":"Unknown key ocx\\u005flive_0123456789."}`, key)).toBe(
      'Unknown key [key].',
    );
    expect(read('Unknown key ocx_live<b>_0123456789.')).not.toContain(key);
  });

  it('is redacted before the message is truncated', () => {
    expect(read(`${'x'.repeat(490)}${key}`)).toBe(`${'x'.repeat(490)}[key]`);
  });
});

it('an error message of 1 MB is read in under a second, whatever it contains', () => {
  for (const piece of ['<', '<script>', '<!--', ' at ', ' at x', '#1 x', 'File "', '<a ', 'a@', '/x.rb']) {
    const from = performance.now();
    read(piece.repeat(1_000_000 / piece.length));
    // A generous limit: a quadratic pattern would take minutes.
    expect(performance.now() - from).toBeLessThan(1000);
  }
});
