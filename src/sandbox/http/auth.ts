import { createHash, randomBytes } from 'node:crypto';
import type { Route, Scope } from '../../contract/routes.ts';
import type { Db } from '../store/db.ts';
import { findKey, saveKey } from '../store/queries/keys.ts';
import type { Store } from '../store/store.ts';
import { HttpError } from './errors.ts';

/** A key that was recognised. */
export interface Caller {
  /** Hash of the key; stands for it wherever a key must be told from another. */
  readonly keyHash: string;
  /** Undefined is full access. */
  readonly scopes: readonly Scope[] | undefined;
}

/** A new random key in the sandbox's form. */
export function newKey(): string {
  return `ocx_sandbox_${randomBytes(24).toString('base64url')}`;
}

/**
 * Keeps a key, hashed, so that every process on this database honours it. Run inside a write.
 * @throws when the key could not stand in a header.
 */
export async function keepKey(
  db: Db,
  key: string,
  scopes: readonly Scope[] | undefined,
  at: string,
): Promise<void> {
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new Error('A sandbox key must be made of visible ASCII characters, without spaces.');
  }
  const row = { hash: hashOf(key), scopes: scopes ? JSON.stringify(scopes) : null, created_at: at };
  await saveKey(db, row);
}

/**
 * The caller behind a request. Keys are found by their hash, so no comparison depends on how much of a guess is
 * right. Source: facts, "Common rules".
 * @throws HttpError 401.
 */
export async function authenticate(store: Store, request: Request): Promise<Caller> {
  const [, key] = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const row = key === undefined ? undefined : await findKey(store.read, hashOf(key));
  if (!row) throw new HttpError(401, 'Unauthorized', { 'www-authenticate': 'Bearer' });
  const scopes = row.scopes === null ? undefined : (JSON.parse(row.scopes) as Scope[]);
  return { keyHash: row.hash, scopes };
}

/** @throws HttpError 403 that names the scope the key lacks. */
export function authorize(caller: Caller, route: Pick<Route, 'scope'>): void {
  if (caller.scopes === undefined || caller.scopes.includes(route.scope)) return;
  throw new HttpError(403, `This key lacks the scope ${route.scope}`);
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
