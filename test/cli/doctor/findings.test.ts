import { expect, it } from 'vitest';
import { cleaned } from '../../../src/cli/doctor/findings.ts';
import { hidesSomething, stringsOf } from '../../support/text/hostile.ts';

it('a report shows nothing that a terminal acts on or that cannot be seen', () => {
  const detail = 'sender types: "a\u009b31mb\u202ec\u2028d"';
  const report = cleaned({
    version: '1',
    findings: [{ check: 'API', status: 'ok', detail }],
    probe: [{ assumption: 'eventWords', topic: 'Words', verdict: 'differs', detail }],
  });
  for (const text of stringsOf(report)) expect(hidesSomething(text), JSON.stringify(text)).toBe(false);
  expect(report.probe?.[0]?.detail).toContain('c d');
});
