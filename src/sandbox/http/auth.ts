import { createHash, randomBytes } from 'node:crypto';
import type { Route, Scope } from '../../contract/routes.ts';
import type { Db } from '../store/db.ts';
import { findKey, saveKey } from '../store/queries/keys.ts';
import type { Store } from '../store/store.ts';
import { HttpError } from './errors.ts';

/** The holder of a valid key. */
export interface Caller {
  /** SHA-256 of the key. Identifies the key without revealing it. */
  readonly keyHash: string;
  /** Undefined = full access. */
  readonly scopes: readonly Scope[] | undefined;
  /** The inbox page of this process. It meets neither the rate limit nor faults, which are for clients under test. */
  readonly isPage?: true;
}

/** A random key, `ocx_sandbox_...`. */
export function generateKey(): string {
  return `ocx_sandbox_${randomBytes(24).toString('base64url')}`;
}

/**
 * Stores the hash of a key, so that every process on this database accepts the key. Call it in a write transaction.
 * @throws if the key is not valid in a header.
 */
export async function storeKey(
  db: Db,
  key: string,
  scopes: readonly Scope[] | undefined,
  at: string,
): Promise<void> {
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new Error('A sandbox key must consist of visible ASCII characters, without spaces.');
  }
  const row = { hash: hashOf(key), scopes: scopes ? JSON.stringify(scopes) : null, created_at: at };
  await saveKey(db, row);
}

/**
 * Authenticates a request by its bearer token. Keys are looked up by hash, so that the time of the lookup reveals
 * nothing about the key. Source: docs.open.cx/api-reference/authentication.
 * @param pageKey the key of the inbox page, which is in no database.
 * @throws HttpError 401.
 */
export async function authenticate(store: Store, request: Request, pageKey?: string): Promise<Caller> {
  const [, key] = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const hash = key === undefined ? undefined : hashOf(key);
  if (pageKey !== undefined && hash === hashOf(pageKey))
    return { keyHash: hash, scopes: undefined, isPage: true };
  const row = hash === undefined ? undefined : await findKey(store.read, hash);
  if (!row) throw new HttpError(401, 'Unauthorized', { 'www-authenticate': 'Bearer' });
  const scopes = row.scopes === null ? undefined : (JSON.parse(row.scopes) as Scope[]);
  return { keyHash: row.hash, scopes };
}

/** @throws HttpError 403 that names the missing scope. */
export function authorize(caller: Caller, route: Pick<Route, 'scope'>): void {
  if (caller.scopes === undefined || caller.scopes.includes(route.scope)) return;
  throw new HttpError(403, `This key does not have the scope ${route.scope}`);
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
