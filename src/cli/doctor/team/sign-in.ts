import { clean } from '../../../text/clean.ts';
import type { Environment } from '../../settings/read-settings.ts';
import { getJson, ProviderError } from '../../team/sign-in/provider-request.ts';
import type { Finding } from '../findings.ts';
import { jsonOf, type TeamRequests } from './team-requests.ts';

const check = 'sign-in';
const wellKnown = '/.well-known/oauth-protected-resource';
const publicUrl = 'On the server, set --public-url to the address that clients use.';

/** Checks the metadata of RFC 9728, and the identity provider that it names. */
export async function checkSignIn(
  address: string,
  challenge: string,
  requests: TeamRequests,
  env: Environment,
): Promise<Finding[]> {
  const { origin, pathname } = new URL(address);
  const [, advertised] = /resource_metadata="([^"]+)"/.exec(challenge) ?? [];
  if (advertised !== undefined && (!URL.canParse(advertised) || new URL(advertised).origin !== origin)) {
    return [failed(`clients are sent to ${clean(advertised)}, which is another server`, publicUrl)];
  }
  const path = advertised === undefined ? wellKnown + pathname : new URL(advertised).pathname;
  const response = await requests.get(path);
  if (response.status === 404 && advertised === undefined) {
    const detail = 'not set up: the administrators of the server hand out tokens';
    return [{ check, status: 'skipped', detail }];
  }
  const metadata = response.status === 200 ? jsonOf(response) : undefined;
  if (metadata === undefined) {
    return [
      failed(
        `${path} answers ${response.status}, so clients cannot find out where`,
        'Let the proxy pass on /.well-known.',
      ),
    ];
  }
  const resource = clean(String(metadata['resource']));
  if (resource !== address) {
    return [failed(`its metadata is for ${resource}; clients refuse that`, publicUrl)];
  }
  const [issuer] = Array.isArray(metadata['authorization_servers']) ? metadata['authorization_servers'] : [];
  return [await checkProvider(clean(String(issuer)), env)];
}

/** Finds the provider's metadata where clients look for it. */
async function checkProvider(issuer: string, env: Environment): Promise<Finding> {
  if (!URL.canParse(issuer)) return failed('its metadata names no identity provider', publicUrl);
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  try {
    for (const candidate of [
      `${origin}/.well-known/oauth-authorization-server${path}`,
      `${origin}/.well-known/openid-configuration${path}`,
      `${origin}${path}/.well-known/openid-configuration`,
    ]) {
      const metadata = await getJson(new URL(candidate), env).catch((error: unknown) => {
        // Some providers refuse addresses that they do not have with another status.
        if (error instanceof ProviderError && error.cause === undefined) return undefined;
        throw error;
      });
      const { issuer: named, registration_endpoint: registration } = (metadata ?? {}) as Record<
        string,
        unknown
      >;
      if (named !== issuer) continue;
      const detail = `at ${issuer}; ${registration ? 'clients register themselves' : 'clients need a client ID from the administrators'}`;
      return { check, status: 'ok', detail };
    }
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return failed(clean(error.message), 'Check from here whether the identity provider can be reached.');
  }
  return failed(
    `${issuer} has no metadata under that name`,
    'On the server, spell sign_in.issuer exactly like issuer in its metadata, with or without a slash at its end.',
  );
}

const failed = (detail: string, fix: string): Finding => ({ check, status: 'failed', detail, fix });
