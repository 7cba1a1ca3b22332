import { untrusted } from '../../../client/http/connection-error.ts';
import { createConnectionPools } from '../../../client/http/connection-pools.ts';
import { type HttpResponse, roundTrip } from '../../../client/http/transport.ts';
import { Deadline } from '../../../time/deadline.ts';
import type { Environment } from '../../settings/read-settings.ts';
import { tlsProblem } from '../../setup/api/api-target.ts';
import { proxyFor } from '../../setup/api/proxy.ts';

/** Longest time of one request to an identity provider, in milliseconds. */
export const requestMs = 5000;

/** How far the clocks of the provider and this machine may be apart, in seconds. */
export const clockTolerance = 30;

/** An identity provider could not be reached, or its answer cannot be used. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
}

interface ProviderRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | null;
}

/**
 * Sends one request to an identity provider. Redirects are not followed: they could lead to plain http.
 * @throws ProviderError if there is no answer.
 */
export async function askProvider(
  url: URL,
  env: Environment,
  { method = 'GET', headers = {}, body = null }: ProviderRequest = {},
): Promise<HttpResponse> {
  const { settings, problem } = proxyFor(url.href, env);
  if (problem !== undefined) throw new ProviderError(problem);
  // Whoever is in between could exchange the keys, and sign tokens that are taken for good.
  if (tlsProblem(url.href, env) !== undefined)
    throw new ProviderError(
      'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off the verification of its certificate; unset it',
    );
  // Requests are minutes apart, so no connection is kept.
  const pools = await createConnectionPools(url.href, settings);
  try {
    const path = `${url.pathname}${url.search}`;
    const request = {
      method,
      origin: url.origin,
      path,
      headers: { accept: 'application/json', ...headers },
      body,
    };
    return await roundTrip(pools.reads, request, { deadline: Deadline.after(requestMs) }, () => {});
  } catch (error) {
    const { name, code = name } = error as NodeJS.ErrnoException;
    const fix = untrusted.has(code)
      ? "; if a private authority issued its certificate, set NODE_EXTRA_CA_CERTS to the file of that authority's certificate"
      : '';
    throw new ProviderError(`${url.href} cannot be reached (${code})${fix}`, { cause: error });
  } finally {
    await pools.destroy();
  }
}

/**
 * Gets a JSON document of an identity provider.
 * @returns undefined if there is no such document.
 * @throws ProviderError if there is no usable answer.
 */
export async function getJson(url: URL, env: Environment): Promise<object | undefined> {
  const { status, text } = await askProvider(url, env);
  if (status === 404) return undefined;
  if (status !== 200) throw new ProviderError(`${url.href} answered ${status}`);
  return jsonObject(text, url);
}

function jsonObject(text: string, url: URL): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Refused below.
  }
  if (typeof value !== 'object' || value === null)
    throw new ProviderError(`${url.href} is not a JSON object`);
  return value;
}
