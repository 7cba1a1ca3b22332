import { readFile } from 'node:fs/promises';
import type { WebFiles } from '../../inbox/page.ts';
import { webFolder } from './web-folder.ts';

/** Reads a file of the built page, once. The name has no slashes: the app takes no others. */
export function webFiles(): WebFiles {
  const read = new Map<string, Promise<Uint8Array<ArrayBuffer> | undefined>>();
  return (name) => {
    const known = read.get(name) ?? readFile(new URL(name, webFolder)).then(bytesOf, () => undefined);
    read.set(name, known);
    return known;
  };
}

function bytesOf(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer);
}
