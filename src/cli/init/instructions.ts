import { flagsOfApprover } from '../outbox/who-decides.ts';
import { readSettings } from '../settings/read-settings.ts';
import { parseServerFlags } from '../settings/server-flags.ts';
import type { McpClient } from './clients/client.ts';
import { defaultKeyFile, type KeyChoice } from './entry.ts';
import { type Machine, pathsOf } from './machine.ts';

/** What the user still has to do about the key, in lines. */
export function keyInstructions(
  client: McpClient,
  key: KeyChoice,
  platform: Machine['platform'],
  fileExists: boolean,
): string[] {
  switch (key.kind) {
    case 'none':
      return [];
    case 'input':
      return [
        `${client.title} asks for the key when it first starts the server, and keeps it in its secret storage.`,
        'Create the key in the OpenCX dashboard under Settings, Access.',
      ];
    case 'token-input':
      return [
        `${client.title} asks for the token when it first connects, and keeps it in its secret storage.`,
        'The administrators of the server hand out tokens.',
      ];
    case 'token-variable':
      return [
        `Set ${key.variable} to the token where ${client.title} is started: it accepts none in its file.`,
      ];
    case 'file':
      if (fileExists)
        return [
          `The server reads the key from ${key.file}. The file must contain only the key.`,
          'To be asked for another key, delete the file and run this command again.',
        ];
      return [
        'Create a key in the OpenCX dashboard under Settings, Access, and save it in a file. Run:',
        ...saveKeyCommand(key.file, platform),
      ];
    case 'clear':
      return ['The file contains a secret in plain text. Do not share or commit it.'];
  }
}

function saveKeyCommand(file: string, platform: Machine['platform']): string[] {
  const { dirname } = pathsOf(platform);
  if (platform === 'win32') {
    const path = file.replace(/^~/, '%USERPROFILE%').replaceAll('/', '\\');
    return [`  cmd /c "mkdir ${dirname(path)} & notepad ${path}"`];
  }
  // Quoted only if necessary: a shell does not expand a quoted tilde.
  const path = /^[\w./~-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
  return [
    `  (umask 077; mkdir -p ${dirname(path)}; cat > ${path})`,
    'Then paste the key and press Enter and Ctrl-D.',
  ];
}

/**
 * How to approve the messages of a server that lets them wait, in lines: with the flags that lead to the same drafts.
 * @param flags of the server.
 * @param command runs this program again.
 * @param isKeySaved whether the file is there that these commands find by themselves.
 */
export function approvalInstructions(
  flags: readonly string[],
  key: KeyChoice,
  command: string,
  isKeySaved: boolean,
): string[] {
  const given = parseServerFlags(flags);
  if (readSettings('serve', given, {}).confirmSends !== 'outbox') return [];
  const run = (name: string) => [command, name, ...flagsOfApprover(given)].join(' ');
  return [
    `Approve what it writes on a page: ${run('inbox')}`,
    `Or in a terminal: ${run('outbox')}`,
    ...approverKey(key, isKeySaved),
  ];
}

function approverKey(key: KeyChoice, isKeySaved: boolean): string[] {
  if (key.kind === 'none' || (key.kind === 'file' && key.file === defaultKeyFile)) return [];
  if (key.kind === 'input' && isKeySaved) return [];
  return key.kind === 'file'
    ? [`There, set OPENCX_API_KEY_FILE to ${key.file}.`]
    : ['There, set OPENCX_API_KEY to the same key.'];
}
