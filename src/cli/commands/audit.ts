import { type AuditBreak, verifyAudit } from '../../state/files/verify-audit.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';

/** What a chain cannot show. Printed with every result, so that nobody relies on more. */
const limits =
  'The chain cannot show that the last records of a run were removed or its last one changed, unless another run began after them. ' +
  'Nor can it show that the whole file was rewritten. To notice either, keep the hash of the last record elsewhere, and check for it with --contains.';

/**
 * Checks the chain of an audit log and prints where it breaks. Sets exit code 1 if it does.
 * @throws ConfigurationError when a file cannot be read.
 */
export async function runAuditVerify(
  files: readonly string[],
  { contains }: { contains?: string },
): Promise<void> {
  if (contains !== undefined && !/^[0-9a-f]{64}$/i.test(contains)) {
    throw new ConfigurationError('--contains needs the SHA-256 of a record: 64 hexadecimal digits.');
  }
  const check = await verifyAudit(files, contains).catch(({ path, code }: NodeJS.ErrnoException) => {
    // Its name is not repeated: it may be the key, typed in the wrong place.
    const which = files.length > 1 && path !== undefined ? ` (file ${files.indexOf(path) + 1})` : '';
    throw new ConfigurationError(`The audit log${which} cannot be read (${code}).`);
  });
  const { records, runs, repeated, breaks, last, hasExpected } = check;
  const lines = breaks.map(({ file, line, problem }: AuditBreak) => `${file}:${line}: ${problem}`);
  if (!hasExpected) lines.push('There is no record with the hash given by --contains.');
  lines.push(`${count(records, 'record')} of ${count(runs, 'run')}.`);
  if (repeated > 0) {
    lines.push(`Written again after a failed write, and counted once: ${count(repeated, 'record')}.`);
  }
  const holds = breaks.length === 0 && hasExpected;
  lines.push(holds ? 'The chain holds.' : 'The chain is broken.');
  if (last !== undefined) lines.push(`SHA-256 of the last record: ${last}`);
  process.stdout.write(`${[...lines, limits].join('\n')}\n`);
  if (!holds) process.exitCode = 1;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
