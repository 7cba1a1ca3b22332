import type { ProbeResult } from './probe/assumption-probe.ts';

/** What one check came to. `skipped` is what could not be looked at; it counts for nothing. */
export type Status = 'ok' | 'warning' | 'failed' | 'skipped';

export interface Finding {
  readonly check: string;
  readonly status: Status;
  /** What was seen, in a sentence or less. */
  readonly seen: string;
  /** What to do about it. */
  readonly advice?: string;
}

export interface Report {
  readonly version: string;
  /** Where requests go; absent where the settings do not say. */
  readonly target?: string;
  readonly findings: readonly Finding[];
  readonly probe?: readonly ProbeResult[];
}

const marks: Readonly<Record<Status | ProbeResult['verdict'], [string, number]>> = {
  ok: ['✓', 32],
  warning: ['!', 33],
  failed: ['✗', 31],
  skipped: ['–', 2],
  holds: ['✓', 32],
  differs: ['✗', 33],
  unclear: ['?', 2],
};

export function isHealthy({ findings }: Report): boolean {
  return findings.every(({ status }) => status !== 'failed');
}

/** For programs: the same as `inWords`, with `ok` for the exit code. */
export function asJson(report: Report): string {
  return JSON.stringify({ ok: isHealthy(report), ...report }, undefined, 2);
}

/** For people: a line for each finding, and below it what to do. */
export function inWords(report: Report, colour: boolean): string {
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const { version, target, findings, probe } = report;
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = [`opencx-sessions-mcp ${version}${target ? `, ${target}` : ''}`, ''];
  for (const { check, status, seen, advice } of findings) {
    const [mark, code] = marks[status];
    lines.push(`${paint(code, mark)} ${check.padEnd(width)}  ${seen}`);
    if (advice !== undefined) lines.push(`${' '.repeat(width + 4)}→ ${advice}`);
  }
  if (probe) {
    lines.push(
      '',
      'What the documents leave open, and what this API does (see "assumptions" in the README):',
      '',
    );
    for (const { topic, verdict, seen } of probe) {
      const [mark, code] = marks[verdict];
      lines.push(`${paint(code, mark)} ${topic.replaceAll('`', '')}: ${seen}`);
    }
  }
  return [...lines, '', verdictOf(report), ''].join('\n');
}

function verdictOf({ findings, probe }: Report): string {
  const count = (status: Status) => findings.filter((one) => one.status === status).length;
  const failed = count('failed');
  const warnings = count('warning');
  const advised = findings.some(({ advice }) => advice !== undefined);
  const setUp =
    failed + warnings === 0
      ? 'All is well.'
      : `${several(failed, 'problem')}, ${several(warnings, 'warning')}${advised ? ': the arrows say what to do' : ''}.`;
  if (!probe) return setUp;
  const verdicts = (wanted: ProbeResult['verdict']) =>
    probe.filter(({ verdict }) => verdict === wanted).length;
  return `${setUp} Assumptions: ${verdicts('holds')} hold, ${verdicts('differs')} differ, ${verdicts('unclear')} unclear; reading tells nothing of the others.`;
}

const several = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
