import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes a server as small as possible, which says in its version whether it was given a key.
 * @returns its file.
 */
export function writeTinyServer(folder: string): string {
  const file = join(folder, 'main.cjs');
  writeFileSync(
    file,
    `const lines = require('node:readline').createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { id } = JSON.parse(line);
  const serverInfo = { name: 'opencx-sessions', version: process.env.OPENCX_API_KEY ? 'with key' : 'without key' };
  const result = id === 1 ? { protocolVersion: '2025-06-18', capabilities: {}, serverInfo } : { tools: [{}, {}] };
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
});`,
  );
  return file;
}
