/** The clients by the names that commands know. Apart from their table, because the help lists them at every start. */
export const clientIds = [
  'claude-desktop',
  'claude-code',
  'cursor',
  'vscode',
  'windsurf',
  'zed',
  'antigravity',
  'cline',
  'cline-cli',
  'codex',
  'fx',
  'gemini-cli',
  'goose',
  'github-copilot-cli',
  'grok-build',
  'kilo-code',
  'kimi-code',
  'kiro-cli',
  'mastracode',
  'mcporter',
  'opencode',
  'pi',
] as const;

export type ClientId = (typeof clientIds)[number];
