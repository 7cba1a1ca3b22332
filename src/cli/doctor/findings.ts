import { cleanLine } from '../../text/clean.ts';
import type { Paint } from '../colour.ts';
import type { ProbeResult } from './probe/probe-result.ts';

/** Result of a check. `skipped` checks could not be run, and do not count. */
export type Status = 'ok' | 'warning' | 'failed' | 'skipped';

export interface Finding {
  /** Whose entry was checked, if several are. */
  readonly client?: string;
  readonly check: string;
  readonly status: Status;
  readonly detail: string;
  /** How to fix the problem. */
  readonly fix?: string;
}

export interface Report {
  readonly version: string;
  /** Host that requests go to; absent if the settings are invalid. */
  readonly target?: string;
  readonly findings: readonly Finding[];
  readonly probe?: readonly ProbeResult[];
}

const symbols: Readonly<Record<Status | ProbeResult['verdict'], [text: string, colour: number]>> = {
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

/** Longer details are cut. They may hold names and words of the API. */
const maxDetailCharacters = 2000;

/** The report without characters that a terminal acts on or that cannot be seen. */
export function cleaned(report: Report): Report {
  const clean = <T extends { detail: string }>(one: T): T => ({
    ...one,
    detail: cleanLine(one.detail, maxDetailCharacters),
  });
  const { findings, probe } = report;
  return { ...report, findings: findings.map(clean), ...(probe && { probe: probe.map(clean) }) };
}

/** The report for programs; `ok` matches the exit code. */
export function toJson(report: Report): string {
  return JSON.stringify({ ok: isHealthy(report), ...report }, undefined, 2);
}

/** The report for people: one line per finding, and a line for its fix. */
export function toText(report: Report, paint: Paint): string {
  const { version, target, findings, probe } = report;
  const width = Math.max(...findings.map(({ check }) => check.length));
  const symbol = (name: keyof typeof symbols) => {
    const [text, colour] = symbols[name];
    return paint(colour, text);
  };
  const lines = [`opencx-sessions-mcp ${version}${target ? `, ${target}` : ''}`, ''];
  let group: string | undefined;
  for (const { client, check, status, detail, fix } of findings) {
    if (client !== group) lines.push('', ...(client === undefined ? [] : [`${client}:`]));
    group = client;
    lines.push(`${symbol(status)} ${check.padEnd(width)}  ${detail}`);
    if (fix !== undefined) lines.push(`${' '.repeat(width + 4)}→ ${fix}`);
  }
  if (probe) {
    lines.push(
      '',
      'Assumptions about undocumented behaviour (docs/assumptions.md), and what this API does:',
      '',
    );
    for (const { topic, verdict, detail } of probe) {
      lines.push(`${symbol(verdict)} ${topic.replaceAll('`', '')}: ${detail}`);
    }
  }
  return [...lines, '', summarize(report), ''].join('\n');
}

function summarize({ findings, probe }: Report): string {
  const count = (status: Status) => findings.filter((one) => one.status === status).length;
  const failed = count('failed');
  const warnings = count('warning');
  const hasFixes = findings.some(({ fix }) => fix !== undefined);
  const summary =
    failed + warnings === 0
      ? 'No problems found.'
      : `${plural(failed, 'problem')}, ${plural(warnings, 'warning')}.${hasFixes ? ' The arrows show how to fix them.' : ''}`;
  if (!probe) return summary;
  const verdicts = (wanted: ProbeResult['verdict']) =>
    probe.filter(({ verdict }) => verdict === wanted).length;
  return `${summary} Assumptions: ${verdicts('holds')} hold, ${verdicts('differs')} differ, ${verdicts('unclear')} unclear. The others cannot be checked without writing.`;
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
