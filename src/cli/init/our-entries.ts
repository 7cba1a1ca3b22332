/** A server in the file of a client. */
export interface ServerEntry {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The entries that start this server, whatever their name. */
export function ourEntries(servers: Readonly<Record<string, unknown>>, program: string): ServerEntry[] {
  return Object.entries(servers)
    .map(([name, value]) => parseEntry(name, value))
    .filter(({ name, command, args }) =>
      [name, command, ...args].some((text) => text === program || text.includes('opencx-sessions')),
    );
}

function parseEntry(name: string, value: unknown): ServerEntry {
  const { command, args, env } = Object(value) as { command?: unknown; args?: unknown; env?: unknown };
  return {
    name,
    command: String(command ?? ''),
    args: Array.isArray(args) ? args.map(String) : [],
    env: Object.fromEntries(Object.entries(Object(env)).map(([key, text]) => [key, String(text)])),
  };
}
