/**
 * MCP Apps (SEP-1865): a client that declares this extension can show an answer as a page of the server's.
 * https://github.com/modelcontextprotocol/ext-apps/blob/main/specification/2026-01-26/apps.mdx
 */
const extensionId = 'io.modelcontextprotocol/ui';

export const cardMimeType = 'text/html;profile=mcp-app';

/** The address of the card, for `resources/read`. */
export const cardUri = 'ui://opencx-sessions/session.html';

/** @param capabilities what a client says it can do, in either era of the protocol. */
export function canShowCard(capabilities: unknown): boolean {
  const { extensions } = Object(capabilities) as { extensions?: unknown };
  const settings = (Object(extensions) as Record<string, unknown>)[extensionId];
  if (typeof settings !== 'object' || settings === null) return false;
  const { mimeTypes } = settings as { mimeTypes?: unknown };
  return mimeTypes === undefined || (Array.isArray(mimeTypes) && mimeTypes.includes(cardMimeType));
}
