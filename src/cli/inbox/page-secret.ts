import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What the keys of the page are signed with. It is kept in the state folder, readable for this user only, so that an open
 * page goes on after a restart.
 * @param folder where it is kept; undefined to keep nothing.
 * @param account what the page shows. Keys for one account open no other one.
 */
export async function pageSecret(folder: string | undefined, account: string): Promise<Uint8Array> {
  const secret = folder === undefined ? undefined : await storedSecret(folder).catch(() => undefined);
  return createHmac('sha256', secret ?? randomBytes(32))
    .update(account)
    .digest();
}

const bytes = 32;

async function storedSecret(folder: string): Promise<Uint8Array> {
  const file = join(folder, 'inbox.key');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Two programs may start at once: the first one writes it.
  await writeFile(file, randomBytes(bytes), { flag: 'wx', mode: 0o600 }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const secret = await readFile(file);
  if (secret.length !== bytes) throw new Error(`${file} is not a key.`);
  return secret;
}
