/**
 * Arguments that agent frameworks add to every call. A model neither sees nor can remove them, so they are dropped
 * instead of refused, and the answer says so.
 *
 * n8n's MCP Client Tool adds `sessionId`, `action`, `chatInput` and `toolCallId`
 * (https://github.com/n8n-io/n8n/issues/21500, https://github.com/n8n-io/n8n/issues/21716) and, when it calls tools by
 * itself, `tool` (https://github.com/n8n-io/n8n/issues/17264). Other clients add a `tool_call_description`, and keys that
 * begin with an underscore (https://github.com/cyanheads/mcp-ts-core/issues/453).
 */
const injectedArguments: ReadonlySet<string> = new Set([
  'action',
  'chatInput',
  'sessionId',
  'tool',
  'toolCallId',
  'tool_call_description',
  'tool_call_id',
]);

/** No argument of ours begins with an underscore. `__proto__` is refused: only a program that means harm sends it. */
export function isInjected(name: string): boolean {
  return injectedArguments.has(name) || (name.startsWith('_') && name !== '__proto__');
}
