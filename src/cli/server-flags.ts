import { Command } from 'commander';
import { type Setting, settings } from './config.ts';

/**
 * Reads flags of the server that another command was given for it.
 * @returns them by setting name, not yet checked.
 * @throws CommanderError for what the server would not take; its message is for people, and printed unless `silent`.
 */
export function parseServerFlags(flags: readonly string[], silent = false): Record<string, unknown> {
  const parser = new Command('opencx-sessions-mcp')
    .exitOverride()
    .allowExcessArguments(false)
    .helpOption(false);
  if (silent) parser.configureOutput({ writeErr: () => {} });
  for (const { flag, commands } of Object.values<Setting>(settings)) {
    if (flag !== undefined && commands.includes('serve')) parser.option(flag);
  }
  return parser.parse([...flags], { from: 'user' }).opts();
}
