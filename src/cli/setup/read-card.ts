import { readFile } from 'node:fs/promises';
import { webFolder } from '../inbox/web-folder.ts';

/** The built card, as one HTML document. */
export function readCard(): Promise<string> {
  return readFile(new URL('card.html', webFolder), 'utf8');
}
