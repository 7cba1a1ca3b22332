import type { z } from '../../contract/zod.ts';

/** A command that reads settings. */
export type CommandName = 'serve' | 'sandbox' | 'http' | 'doctor' | 'inbox';

export interface Setting {
  /** Environment variable, if there is one. */
  readonly env?: string;
  /** Flag in commander's notation, if there is one. */
  readonly flag?: string;
  readonly commands: readonly CommandName[];
  readonly schema: z.ZodType<unknown, z.ZodTypeDef, string>;
  /** Value when the setting is not given. */
  readonly default?: unknown;
  /** Overrides `default` for a command. */
  readonly defaultFor?: Partial<Record<CommandName, unknown>>;
  /** Overrides `default` when the server embeds the sandbox. */
  readonly withSandbox?: unknown;
  /** Describes the default in help and documentation when its value would not. */
  readonly defaultText?: string;
  readonly meaning: string;
}

/** The default of a setting as text, for one command or for all that have it; empty if it has none. */
export function defaultOf(setting: Setting, command?: CommandName): string {
  if (setting.defaultText !== undefined) return setting.defaultText;
  if (setting.default === undefined) return '';
  const differing = setting.defaultFor ?? {};
  if (command !== undefined && command in differing) return formatValue(differing[command]);
  const others =
    command === undefined
      ? Object.entries(differing).map(([other, value]) => `; ${formatValue(value)} for ${other}`)
      : [];
  const embedded =
    setting.withSandbox === undefined ? '' : `; ${formatValue(setting.withSandbox)} with --sandbox`;
  return formatValue(setting.default) + others.join('') + embedded;
}

function formatValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.join(', ') || 'none';
  return String(value);
}
