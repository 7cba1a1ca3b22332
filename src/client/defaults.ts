/** The address in the documents. */
export const defaultBaseUrl = 'https://api.open.cx';

/** Longest time of one call in milliseconds, repeats and waiting included: many MCP clients give up after 60 s. */
export const defaultTimeoutMs = 50_000;
