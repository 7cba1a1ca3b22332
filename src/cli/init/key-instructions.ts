import type { McpClient } from './clients.ts';
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
    case 'variable':
      return [
        `Set OPENCX_API_KEY in the environment that ${client.title} starts in. Create the key in the OpenCX dashboard`,
        'under Settings, Access. Applications started from a dock or menu do not see variables exported in a shell;',
        `for these, run init with --key-file ${defaultKeyFile} --write --replace instead.`,
      ];
    case 'input':
      return [
        'VS Code asks for the key when it first starts the server, and keeps it in its secret storage.',
        'Create the key in the OpenCX dashboard under Settings, Access.',
      ];
    case 'file':
      if (fileExists)
        return [`The server reads the key from ${key.file}. The file must contain only the key.`];
      return [
        'Create a key in the OpenCX dashboard under Settings, Access, and save it in a file. Run:',
        ...saveKeyCommand(key.file, platform),
      ];
    case 'clear':
      return ['The file contains the key in plain text. Do not share or commit it.'];
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
