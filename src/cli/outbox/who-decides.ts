import { resolve } from 'node:path';
import { defaultKeyFile, invocation, shellWord } from '../init/entry.ts';
import type { Environment } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { expandHome } from '../settings/value-schemas.ts';

/** Flags that lead to the drafts of a server, or decide what approving one may do. They may have been given or not. */
interface DraftFlags {
  readonly sandbox?: unknown;
  readonly allowVerified?: unknown;
  readonly auditLog?: unknown;
}

/** The flags with which the commands inbox and outbox find the same drafts, as words of a shell command. */
export function flagsOfApprover({ sandbox, allowVerified, auditLog }: DraftFlags): string[] {
  return Object.entries({
    '--sandbox': sandbox,
    '--allow-verified': allowVerified,
    '--audit-log': auditLog,
  }).flatMap(([flag, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [flag] : [flag, shellWord(String(value))];
  });
}

/**
 * Where a person decides about the messages of a server, as a sentence for whoever is told that one waits. They may have
 * never seen a terminal, and know neither the file of the program nor the settings in the entry of their client.
 * @param program its file.
 */
export function whoDecides(
  { sandbox, allowVerified, auditLog }: Settings<'serve'>,
  env: Environment,
  program: string,
): string {
  // Paths count from the folder of this process, not of the person's shell.
  const absolute = (file: boolean | string | undefined) => (typeof file === 'string' ? resolve(file) : file);
  const flags = flagsOfApprover({
    sandbox: absolute(sandbox),
    // With the sandbox, the commands allow it by themselves.
    allowVerified: allowVerified && !sandbox,
    auditLog: absolute(auditLog),
  });
  const command = [invocation(program), 'inbox', ...flags].join(' ');
  const names = [
    ...(sandbox ? [] : ['OPENCX_API_KEY', 'OPENCX_API_KEY_FILE', 'OPENCX_API_URL']),
    'OPENCX_STATE_DIR',
    'OPENCX_DATABASE_URL',
  ].filter((name) => env[name] && expandHome(env[name]) !== expandHome(defaultKeyFile));
  const variables = names.length === 0 ? '' : ` Both need ${names.join(', ')} as this server has them.`;
  return `A person decides on a page (run: ${command}) or in a terminal (the same with outbox).${variables}`;
}
