import type { TeamFile } from '../team-file.ts';

type SignIn = NonNullable<TeamFile['sign_in']>;

/** What an identity provider says about a person. Its signature was checked, its shape was not. */
export type Claims = Readonly<Record<string, unknown>>;

/** The role that the claims give in a workspace: that of the first grant that fits. */
export function roleIn(
  workspace: string,
  claims: Claims,
  { grants, workspace_claim: workspaceClaim }: Pick<SignIn, 'grants' | 'workspace_claim'>,
): string | undefined {
  if (workspaceClaim !== undefined && !valuesOf(claims, workspaceClaim).includes(workspace)) return undefined;
  return grants.find(
    (grant) => grant.workspace === workspace && valuesOf(claims, grant.claim).includes(grant.value),
  )?.role;
}

/**
 * What the claims have that matters in a workspace, and nothing else: the values that its grants ask for. `roleIn` finds
 * the same role in it.
 */
export function claimsThatMatter(
  workspace: string,
  claims: Claims,
  { grants, workspace_claim: workspaceClaim }: Pick<SignIn, 'grants' | 'workspace_claim'>,
): Record<string, string[]> {
  const wanted = [
    ...grants.filter((grant) => grant.workspace === workspace),
    ...(workspaceClaim === undefined ? [] : [{ claim: workspaceClaim, value: workspace }]),
  ].filter(({ claim, value }) => valuesOf(claims, claim).includes(value));
  const names = new Set(wanted.map(({ claim }) => claim));
  const valuesWith = (name: string) => wanted.filter(({ claim }) => claim === name).map(({ value }) => value);
  return Object.fromEntries([...names].map((name) => [name, [...new Set(valuesWith(name))]]));
}

/** The scopes of a token. Some providers call them `scp`; both may be words in one text, or a list. */
export function tokenScopes({ scope, scp }: Claims): string[] {
  return [scope, scp].flatMap(texts).flatMap((text) => text.split(' '));
}

/**
 * The values of a claim. Dots lead into objects (`realm_access.roles`), unless a claim has them in its name
 * (`https://example.com/roles`).
 */
function valuesOf(claims: Claims, name: string): string[] {
  if (Object.hasOwn(claims, name)) return texts(claims[name]);
  let value: unknown = claims;
  for (const step of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return [];
    value = (value as Claims)[step];
  }
  return texts(value);
}

function texts(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string');
}
