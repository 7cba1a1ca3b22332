import { Command } from 'commander';
import { hideValues } from '../hide-values.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { Setting } from './setting.ts';
import { settings } from './settings.ts';

/**
 * Parses server flags that were passed to another command. Their values are not validated.
 * @returns the flags by setting name.
 * @throws CommanderError for an unknown flag; the message is also printed unless `silent`.
 * @throws ConfigurationError for an argument that is not a flag.
 */
export function parseServerFlags(flags: readonly string[], silent = false): Record<string, unknown> {
  const parser = new Command('opencx-sessions-mcp').exitOverride().allowExcessArguments().helpOption(false);
  parser.configureOutput({
    outputError: (message, write) => write(hideValues(message)),
    ...(silent && { writeErr: () => {} }),
  });
  for (const { flag, commands } of Object.values<Setting>(settings)) {
    if (flag !== undefined && commands.includes('serve')) parser.option(flag);
  }
  const options = parser.parse([...flags], { from: 'user' }).opts();
  const [excess] = parser.args;
  // Not repeated: it may be the key.
  if (excess !== undefined) {
    throw new ConfigurationError(
      'Unexpected argument: only flags of the server, which begin with --, may follow.',
    );
  }
  return options;
}
