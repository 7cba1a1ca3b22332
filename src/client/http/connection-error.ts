import { ConnectionError } from '../errors.ts';
import { TunnelError } from './connection-pools.ts';

/** Certificates whose issuer this machine does not know. */
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Certificates that are not good for this host, or not now. */
const invalid = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID']);

/**
 * The error of a connection that could not be made, or that broke.
 * @param left whether anything of the request may have left.
 */
export function connectionError(error: unknown, left: boolean): ConnectionError {
  return new ConnectionError(reason(error, left), { mayHaveArrived: left, cause: error });
}

function reason(error: unknown, left: boolean): string {
  const code = codeOf(error);
  if (left) return `The connection to the API broke before its answer was complete (${code}).`;
  if (untrusted.has(code)) {
    return `The API could not be reached: its certificate, or that of a proxy in between, is not trusted (${code}). If a private authority issued it, the user names the file with that authority's certificate in NODE_EXTRA_CA_CERTS and starts the server again.`;
  }
  if (invalid.has(code)) return `The API could not be reached: its certificate is not valid (${code}).`;
  if (error instanceof TunnelError) return `The API could not be reached: the proxy ${error.message}.`;
  return `The API could not be reached (${code}).`;
}

/** What first went wrong below an error; an AggregateError (several addresses tried) has it in its parts. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') return code;
  return inner === undefined ? error.name : codeOf(inner);
}
