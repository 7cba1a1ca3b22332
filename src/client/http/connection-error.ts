import { ConnectionError } from '../errors.ts';
import { TunnelError } from './connection-pools.ts';

/** Codes of certificates from an unknown issuer. */
export const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Certificates that have expired, are not valid yet, or belong to another host. */
const invalid = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID']);

/**
 * The error for a connection that failed or broke.
 * @param requestStarted whether any byte of the request may have been sent.
 */
export function connectionError(error: unknown, requestStarted: boolean): ConnectionError {
  return new ConnectionError(messageFor(error, requestStarted), {
    mayHaveArrived: requestStarted,
    cause: error,
  });
}

function messageFor(error: unknown, requestStarted: boolean): string {
  const code = codeOf(error);
  if (requestStarted) return `The connection to the API broke before its answer was complete (${code}).`;
  if (untrusted.has(code)) {
    return `The API could not be reached: its certificate, or that of a proxy in between, is not trusted (${code}). If a private authority issued it, the user sets NODE_EXTRA_CA_CERTS to the file of that authority's certificate and restarts the server.`;
  }
  if (invalid.has(code)) return `The API could not be reached: its certificate is not valid (${code}).`;
  if (error instanceof TunnelError) return `The API could not be reached: the proxy ${error.message}.`;
  return `The API could not be reached (${code}).`;
}

/** The first code in the chain of causes. An AggregateError (several addresses tried) has it in `errors`. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') return code;
  return inner === undefined ? error.name : codeOf(inner);
}
