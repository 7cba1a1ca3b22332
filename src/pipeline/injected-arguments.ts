/**
 * Arguments that agent frameworks add to every call. A model neither sees nor can remove them, so they are dropped
 * instead of refused, and the answer says so.
 *
 * n8n's MCP Client Tool adds `sessionId`, `action`, `chatInput` and `toolCallId`
 * (https://github.com/n8n-io/n8n/issues/21500, https://github.com/n8n-io/n8n/issues/21716) and, when it calls tools by
 * itself, `tool` (https://github.com/n8n-io/n8n/issues/17264).
 */
export const injectedArguments: ReadonlySet<string> = new Set([
  'action',
  'chatInput',
  'sessionId',
  'tool',
  'toolCallId',
]);
