/**
 * The scope of everything that is sent with one API key, whichever program, workspace or replica sends it: the same message
 * is then sent once by all of them.
 * @param account address and key of the API. The scope does not reveal them.
 */
export function accountScope(account: string): string {
  // Not imported: a server starts without it.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(`scope ${account}`).digest('hex').slice(0, 32);
}
