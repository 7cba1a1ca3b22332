import { Command } from 'commander';
import { ConfigurationError } from './read-settings.ts';
import { type Setting, settings } from './settings.ts';

/**
 * Parses server flags that were passed to another command. Their values are not validated.
 * @returns the flags by setting name.
 * @throws CommanderError for an unknown flag; the message is also printed unless `silent`.
 * @throws ConfigurationError for an argument that is not a flag.
 */
export function parseServerFlags(flags: readonly string[], silent = false): Record<string, unknown> {
  const parser = new Command('opencx-sessions-mcp').exitOverride().allowExcessArguments().helpOption(false);
  if (silent) parser.configureOutput({ writeErr: () => {} });
  for (const { flag, commands } of Object.values<Setting>(settings)) {
    if (flag !== undefined && commands.includes('serve')) parser.option(flag);
  }
  const options = parser.parse([...flags], { from: 'user' }).opts();
  const [excess] = parser.args;
  if (excess !== undefined) throw new ConfigurationError(`"${excess}" is not a server flag.`);
  return options;
}
