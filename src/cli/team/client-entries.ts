/** What to paste into clients, so that they use this server with a token. */
export function clientEntries(url: string, token: string): string {
  const header = `Authorization: Bearer ${token}`;
  const entry = { type: 'http', url, headers: { Authorization: `Bearer ${token}` } };
  return [
    'Claude Code:',
    `  claude mcp add --transport http opencx-sessions ${url} --header "${header}"`,
    'Cursor (.cursor/mcp.json), Claude Code (.mcp.json) and others:',
    ...JSON.stringify({ mcpServers: { 'opencx-sessions': entry } }, null, 2)
      .split('\n')
      .map((line) => `  ${line}`),
  ].join('\n');
}
