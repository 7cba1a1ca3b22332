import { Command } from 'commander';
import { ConfigurationError } from './read-settings.ts';
import { type Setting, settings } from './settings.ts';

/**
 * Reads flags of the server that another command was given for it.
 * @returns them by setting name, not yet checked.
 * @throws CommanderError for a flag that the server would not take; its message is for people, and printed unless
 *   `silent`. ConfigurationError for what is no flag.
 */
export function parseServerFlags(flags: readonly string[], silent = false): Record<string, unknown> {
  const parser = new Command('opencx-sessions-mcp').exitOverride().allowExcessArguments().helpOption(false);
  if (silent) parser.configureOutput({ writeErr: () => {} });
  for (const { flag, commands } of Object.values<Setting>(settings)) {
    if (flag !== undefined && commands.includes('serve')) parser.option(flag);
  }
  const found = parser.parse([...flags], { from: 'user' }).opts();
  const [word] = parser.args;
  if (word !== undefined) throw new ConfigurationError(`"${word}" is not a flag of the server.`);
  return found;
}
