import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { backupOf, readClientFile, replaceClientFile } from './client-file.ts';
import type { McpClient } from './clients/client.ts';
import { entriesOf, mergeEntry, removeEntry, withoutKeys } from './merge.ts';
import { ourEntries } from './our-entries.ts';
import type { Plan } from './plan.ts';
import { UnusableFileError } from './unusable-file.ts';

/**
 * Adds the entry to the file of its client.
 * @param command runs this program again.
 * @returns what was done, in lines.
 * @throws ConfigurationError that names the file, when it cannot be used. Nothing was changed then.
 */
export function writeEntry(
  plan: Plan,
  replace: boolean,
  command: string,
  program: string,
): Promise<string[]> {
  const { client, file, name, key } = plan;
  return orNothingChanged(file, async () => {
    const { old, merged } = await mergeInto(plan, replace);
    const hasKey = key.kind === 'clear';
    // An unchanged file is written again only to close it to others.
    const text = merged.outcome === 'merged' ? merged.text : old.text;
    const isOpen = hasKey && old.mode !== undefined && (old.mode & 0o077) !== 0;
    const lines: string[] = [];
    if (merged.outcome === 'unchanged') {
      lines.push(`${client.title}: "${name}" is already in ${file}; nothing to change.`);
      if (isOpen) await replaceClientFile(old, { text, backup: await withoutKeys(old.text, client), hasKey });
    } else {
      const backup = await replaceClientFile(old, {
        text,
        backup: await withoutKeys(old.text, client),
        hasKey,
      });
      lines.push(
        `${client.title}: wrote "${name}" to ${file}`,
        backup
          ? `Other entries kept. Backup: ${backup}`
          : `This is a new file. If you already use ${client.title}, check that it does not keep its servers elsewhere.`,
      );
    }
    if (isOpen && process.platform !== 'win32') {
      lines.push('The file has a secret in it, and other users could read it. Now only you can (mode 600).');
    }
    if (text.startsWith('\uFEFF')) lines.push('The file begins with a byte order mark, which was kept.');
    const others = ourEntries(await entriesOf(text, client), program).filter((other) => other.name !== name);
    if (others.length > 0) {
      const names = others.map((other) => `"${other.name}"`).join(', ');
      lines.push(
        `Warning: the file also has ${names}. With two entries of this server, an assistant may confuse them.`,
        `To take one out, run: ${command} init ${client.id} --remove --name ${others[0]?.name}`,
      );
    }
    return lines;
  });
}

/** @throws ConfigurationError if `writeEntry` would. */
export function checkEntry(plan: Plan, replace: boolean): Promise<void> {
  return orNothingChanged(plan.file, async () => void (await mergeInto(plan, replace)));
}

async function mergeInto({ client, file, name, entry, key }: Plan, replace: boolean) {
  const old = await readClientFile(file);
  const merged = await mergeEntry(old.text, client, { name, entry, key }, replace);
  if (merged.outcome === 'conflict') {
    throw new UnusableFileError(
      `already has a different entry "${name}": use --replace to replace it, or --name to add another one`,
    );
  }
  return { old, merged };
}

/**
 * Takes an entry out of the file of a client.
 * @param url also an entry with this address is one of ours.
 * @returns as `writeEntry`.
 * @throws ConfigurationError as `writeEntry`.
 */
export function removeFromFile(
  client: McpClient,
  file: string,
  name: string,
  program: string,
  url: string | undefined,
): Promise<string[]> {
  return orNothingChanged(file, async () => {
    const old = await readClientFile(file);
    const ours = ourEntries(await entriesOf(old.text, client), program, url).map((entry) => entry.name);
    if (!ours.includes(name)) {
      const others = ours.length > 0 ? ` (it has ${ours.join(', ')}: choose one with --name)` : '';
      throw new UnusableFileError(`has no entry "${name}" of this server${others}`);
    }
    const lastBackup = await readFile(backupOf(old), 'utf8').catch(() => undefined);
    const text = await removeEntry(old.text, client, name, lastBackup);
    const backup = await withoutKeys(old.text, client);
    const written = await replaceClientFile(old, { text, backup, hasKey: false });
    return [`${client.title}: removed "${name}" from ${file}`, `Other entries kept. Backup: ${written}`];
  });
}

/** Whether the file of a client has an entry of this server, or cannot be read. */
export async function mayHaveEntry(
  client: McpClient,
  file: string,
  program: string,
  url: string | undefined,
): Promise<boolean> {
  try {
    const { text } = await readClientFile(file);
    return ourEntries(await entriesOf(text, client), program, url).length > 0;
  } catch (error) {
    if (!(error instanceof UnusableFileError)) throw error;
    return true;
  }
}

async function orNothingChanged<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnusableFileError)) throw error;
    throw new ConfigurationError(`${file} ${error.message}. Nothing was changed.`);
  }
}
