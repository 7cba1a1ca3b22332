import { checksum } from './listing/checksum.ts';

/**
 * The form of our cursors: version, query string and checksum. Base64 would cost a model nearly twice the tokens. The
 * checksum detects a cursor that was copied wrong, or that belongs to another account; it does not protect against
 * deliberate changes.
 * @param account of the API that the cursor is used with.
 */
export function encodeMembers(
  version: string,
  members: Readonly<Record<string, string | undefined>>,
  account = '',
): string {
  const given = Object.entries(members).filter(
    (member): member is [string, string] => member[1] !== undefined,
  );
  const query = String(new URLSearchParams(given));
  return `${version}?${query}#${checksum(account + query)}`;
}

/** @returns undefined for anything that `encodeMembers` did not make with this version and account. */
export function decodeMembers(
  version: string,
  cursor: string,
  account = '',
): Map<string, string> | undefined {
  const end = cursor.lastIndexOf('#');
  if (!cursor.startsWith(`${version}?`)) return undefined;
  const query = cursor.slice(version.length + 1, end);
  if (cursor.slice(end + 1) !== checksum(account + query)) return undefined;
  const members = [...new URLSearchParams(query)];
  const content = new Map(members);
  return content.size < members.length ? undefined : content;
}

/**
 * Our cursors stand outside the marks around foreign text, so a cursor of the API that is not a plain token is encoded:
 * nobody can write words into it.
 */
const plain = /^[\w.:+-]{1,64}$/;

/** A text of the API as two members, of which one is undefined: `name` for a plain token, otherwise `encodedName`. */
export function foreignMember(
  name: string,
  encodedName: string,
  text: string | undefined,
): Record<string, string | undefined> {
  if (text === undefined) return {};
  return plain.test(text) ? { [name]: text } : { [encodedName]: Buffer.from(text).toString('base64url') };
}

/** The text that `foreignMember` encoded. */
export function foreignText(plainText: string | undefined, encoded: string | undefined): string | undefined {
  return encoded === undefined ? plainText : Buffer.from(encoded, 'base64url').toString();
}
