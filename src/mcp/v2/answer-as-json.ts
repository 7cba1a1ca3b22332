import {
  type AuthInfo,
  PROTOCOL_VERSION_META_KEY,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';

/**
 * Whether a message of an older version can be answered by nothing but one result: it is one request, and asks for no
 * progress. Version 2026-07-28, which each of its messages names, answers those as JSON anyway.
 */
export function hasOneAnswer(message: unknown): boolean {
  const { id, params } = Object(message) as { id?: unknown; params?: unknown };
  const { _meta } = Object(params) as { _meta?: unknown };
  const meta = Object(_meta) as Record<string, unknown>;
  return id !== undefined && meta['progressToken'] === undefined && !(PROTOCOL_VERSION_META_KEY in meta);
}

/**
 * Answers one request of a version before 2026-07-28 as JSON. The SDK would answer it by a stream, which takes a quarter
 * more CPU time for a call (`npm run bench -- http`) and has nothing else to carry.
 * @param server serves this request only.
 */
export async function answerAsJson(
  server: Server,
  request: Request,
  { message, authInfo }: { readonly message: unknown; readonly authInfo: AuthInfo },
): Promise<Response> {
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  const { signal } = request;
  return new Promise<Response>((resolve, reject) => {
    // Nobody reads it: the client is gone. The transport would wait for an answer that no longer comes.
    const leave = () => {
      // Aborts the call. After an answer there is nothing to close.
      server.close().then(() => resolve(new Response(null, { status: 499 })), reject);
    };
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave, { once: true });
    transport.handleRequest(request, { parsedBody: message, authInfo }).then(resolve, reject);
  });
}
