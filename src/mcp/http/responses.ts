/** An error of JSON-RPC, for a request of which the id cannot be told. */
export function rpcError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', id: null, error: { code, message } }, { status });
}

/** An error of HTTP, outside the protocol. */
export function httpError(status: number, error: string, message: string): Response {
  return Response.json({ error, message }, { status });
}

/** What a client has to bring to be let in. */
export interface Challenge {
  /** The word of RFC 6750; absent if the request brought no credentials at all. */
  readonly error?: 'invalid_token' | 'insufficient_scope';
  readonly message: string;
  readonly scopes?: readonly string[];
  /** Where the client finds the identity provider. Only where people can sign in. */
  readonly resourceMetadata?: string | undefined;
}

/** The characters that RFC 6750 allows in a description. */
function quotable(text: string): string {
  return text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?');
}

/** 401 or 403 with the challenge in a header, as RFC 6750 and RFC 9728 have it. */
export function challenge({ error, message, scopes, resourceMetadata }: Challenge): Response {
  const parts = [
    'realm="opencx-sessions"',
    ...(error === undefined ? [] : [`error="${error}"`, `error_description="${quotable(message)}"`]),
    ...(scopes === undefined ? [] : [`scope="${scopes.join(' ')}"`]),
    ...(resourceMetadata === undefined ? [] : [`resource_metadata="${resourceMetadata}"`]),
  ];
  return Response.json(
    { error: error ?? 'unauthorized', error_description: message },
    {
      status: error === 'insufficient_scope' ? 403 : 401,
      headers: { 'WWW-Authenticate': `Bearer ${parts.join(', ')}` },
    },
  );
}
