import { isObject, type Json } from '../formats/format.ts';

const isServer = (value: unknown) =>
  isObject(value) && [value['command'], value['url'], value['type']].some((one) => one !== undefined);

/** OpenCode keeps servers directly in `mcp`, or in `mcp.servers` where the file has that. */
export function opencodeServers({ mcp }: Json): readonly string[] {
  const servers = isObject(mcp) ? mcp['servers'] : undefined;
  return isObject(servers) && !isServer(servers) ? ['mcp', 'servers'] : ['mcp'];
}

/** Copilot CLI also reads files that are nothing but a map of servers. */
export function copilotServers(file: Json): readonly string[] {
  const values = Object.values(file);
  return file['mcpServers'] === undefined && values.length > 0 && values.every(isServer)
    ? []
    : ['mcpServers'];
}
