/** Source: `servers` on https://docs.open.cx/api-reference/chat-sessions/create. */
export const defaultBaseUrl = 'https://api.open.cx';

/** Time limit of one call in milliseconds, retries and waiting included. Many MCP clients time out after 60 s. */
export const defaultTimeoutMs = 50_000;
