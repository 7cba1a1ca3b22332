/** A file of a client, as people keep them. */
export interface ClientFileSample {
  readonly client: string;
  readonly what: string;
  readonly text: string;
  /** Adding an entry changes white space or a comma elsewhere: only the backup brings that back. */
  readonly needsBackup?: boolean;
}

const desktop = `{
  "globalShortcut": "Ctrl+Space",
  "mcpServers": {
    "filesystem": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-filesystem", "/home/kim/Documents"]
    },
    "github": {
      "command": "docker",
      "args": ["run", "-i", "--rm", "-e", "GITHUB_PERSONAL_ACCESS_TOKEN", "ghcr.io/github/github-mcp-server"],
      "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "ghp_example" }
    }
  }
}
`;

const zed = `// Zed settings
//
// For information on how to configure Zed, see the documentation: https://zed.dev/docs/configuring-zed
{
  "ui_font_size": 16,
  "theme": {
    "mode": "system", // follows the desktop
    "light": "One Light",
    "dark": "One Dark",
  },
  /* the servers */
  "context_servers": {
    // from the extension
    "mcp-server-context7": {
      "source": "extension",
      "settings": { "default_minimum_tokens": "10000" },
    },
    // "kagi": { "command": "uvx", "args": ["kagimcp"] },
    "hexdocs": { "source": "custom", "command": "npx", "args": ["-y", "hexdocs-mcp@0.5.0"], "env": {} }, // docs
  },
  "vim_mode": true,
}
`;

const codex = `# Codex
model = "gpt-5-codex"
model_reasoning_effort = "high" # low | medium | high
approval_policy = 'on-request'
notify = [
  "python3",
  "/home/kim/.codex/notify.py", # rings
]

[tools]
web_search = true

# --- servers ---
[mcp_servers.context7]
command = "npx"
args = ["-y", "@upstash/context7-mcp"]

[mcp_servers.context7.env]
CONTEXT7_API_KEY = "ctx7-example"

[mcp_servers."playwright server"]
command = "npx"
args = [
  "@playwright/mcp@latest",
  "--headless",
]
startup_timeout_sec = 30
env = { DEBUG = "pw:mcp", "NODE_OPTIONS" = "" }
# end of servers

[profiles.review]
model = "gpt-5"
instructions = """
Look at the change.
[mcp_servers.opencx-sessions] is not a table here.
"""

[projects."/home/kim/src/app"]
trust_level = "trusted"

[[hooks]]
event = "stop"
since = 2026-01-02T03:04:05Z
`;

const goose = `GOOSE_PROVIDER: anthropic
GOOSE_MODEL: claude-sonnet-4-5 # the cheaper one: claude-haiku-4-5
# GOOSE_MODE: approve
extensions:
  developer:
    bundled: true
    display_name: Developer
    enabled: true
    name: developer
    timeout: 300
    type: builtin
  # taken from the documentation
  github:
    name: github
    type: stdio
    cmd: npx
    args:
      - -y
      - '@modelcontextprotocol/server-github'
    envs: {}
    env_keys:
    - GITHUB_PERSONAL_ACCESS_TOKEN
    enabled: false
    description: >-
      Issues and pull requests,
      folded over two lines
    timeout: 300
    # slow on the train
OPENAI_HOST: "https://api.openai.com"
`;

/**
 * Written after files in public repositories: their layout, comments and oddities, but none of their words. Every format
 * with comments, tabs, trailing commas, CRLF, a byte order mark, no newline at the end, and other servers.
 */
export const clientFiles: readonly ClientFileSample[] = [
  { client: 'claude-desktop', what: 'two servers', text: desktop },
  {
    client: 'claude-desktop',
    what: 'tabs and CRLF',
    text: desktop.replace(/ {2}/g, '\t').replace(/\n/g, '\r\n'),
  },
  { client: 'claude-desktop', what: 'no newline at the end', text: desktop.trimEnd() },
  { client: 'claude-desktop', what: 'no servers', text: '{\n  "globalShortcut": ""\n}', needsBackup: true },
  { client: 'claude-desktop', what: 'an empty object', text: '{}', needsBackup: true },
  {
    client: 'claude-code',
    what: 'a large state file on few lines',
    text: `{"numStartups":211,"projects":{"/home/kim/src":{"allowedTools":[],"history":[{"display":"say \\"hi\\" /* not a comment */"}],"mcpServers":{}}},"mcpServers":{"linear":{"type":"http","url":"https://mcp.linear.app/mcp"}},"oauthAccount":null}\n`,
    needsBackup: true,
  },
  {
    client: 'claude-code',
    what: 'as the program writes it',
    text: '{\n  "numStartups": 3,\n  "mcpServers": {\n    "sentry": {\n      "type": "http",\n      "url": "https://mcp.sentry.dev/mcp"\n    }\n  },\n  "hasCompletedOnboarding": true\n}',
  },
  {
    client: 'cursor',
    what: 'comments, a trailing comma and a byte order mark',
    text: '\uFEFF{\n\t// shared with the team\n\t"mcpServers": {\n\t\t"linear": { "url": "https://mcp.linear.app/sse" },\n\t\t/* "old": {} */\n\t\t"figma": {\n\t\t\t"url": "http://127.0.0.1:3845/mcp",\n\t\t},\n\t},\n}\n',
  },
  {
    client: 'cursor',
    what: 'one line',
    text: '{"mcpServers":{"a":{"command":"a","args":[]}}}',
    needsBackup: true,
  },
  {
    client: 'cursor',
    what: 'an empty object of servers',
    text: '{\n    "mcpServers": {}\n}\n',
    needsBackup: true,
  },
  {
    client: 'vscode',
    what: 'prompts of other servers',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as VS Code writes it
    text: '{\n\t"inputs": [\n\t\t{\n\t\t\t"type": "promptString",\n\t\t\t"id": "github_token",\n\t\t\t"description": "GitHub token",\n\t\t\t"password": true\n\t\t}, // once\n\t],\n\t"servers": {\n\t\t"github": {\n\t\t\t"type": "http",\n\t\t\t"url": "https://api.githubcopilot.com/mcp/",\n\t\t\t"headers": { "Authorization": "Bearer ${input:github_token}" }\n\t\t}\n\t}\n}\n',
  },
  {
    client: 'vscode',
    what: 'no prompts',
    text: '{\n    "servers": {\n        "memory": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-memory"] }\n    }\n}',
    needsBackup: true,
  },
  {
    client: 'windsurf',
    what: 'remote and disabled servers',
    text: '{\n  "mcpServers": {\n    "figma": {\n      "serverUrl": "https://mcp.figma.com/mcp"\n    },\n    "puppeteer": {\n      "command": "npx",\n      "args": ["-y", "puppeteer-mcp"],\n      "disabled": true\n    }\n  }\n}\n',
  },
  { client: 'zed', what: 'comments everywhere', text: zed },
  { client: 'zed', what: 'CRLF and a byte order mark', text: `\uFEFF${zed.replace(/\n/g, '\r\n')}` },
  {
    client: 'zed',
    what: 'no servers',
    text: '{\n  // mine\n  "vim_mode": true, // yes\n}\n',
    needsBackup: true,
  },
  {
    client: 'antigravity',
    what: 'one server',
    text: '{\n  "mcpServers": {\n    "firebase": {\n      "command": "npx",\n      "args": ["-y", "firebase-tools@latest", "mcp"]\n    }\n  }\n}\n',
  },
  {
    client: 'cline',
    what: 'approved tools',
    text: '{\n  "mcpServers": {\n    "fetch": {\n      "autoApprove": ["fetch"],\n      "disabled": false,\n      "timeout": 60,\n      "type": "stdio",\n      "command": "uvx",\n      "args": ["mcp-server-fetch"]\n    }\n  }\n}',
  },
  { client: 'cline-cli', what: 'an empty map over lines', text: '{\n  "mcpServers": {\n  }\n}\n' },
  { client: 'codex', what: 'tables, profiles and comments', text: codex },
  { client: 'codex', what: 'CRLF', text: codex.replace(/\n/g, '\r\n') },
  {
    client: 'codex',
    what: 'a byte order mark, and no newline at the end',
    text: `\uFEFF${codex.trimEnd()}`,
    needsBackup: true,
  },
  { client: 'codex', what: 'only comments', text: '# model = "gpt-5"\n' },
  {
    client: 'grok-build',
    what: 'settings and a server',
    text: '[cli]\ninstaller = "internal"\n\n[mcp_servers.linear]\nurl = "https://mcp.linear.app/mcp"\n',
  },
  {
    client: 'fx',
    what: 'command lists',
    text: '{\n  "mcp": {\n    "docs": { "type": "local", "command": ["npx", "-y", "docs-mcp"], "enabled": true }\n  }\n}\n',
  },
  {
    client: 'gemini-cli',
    what: 'settings around the servers',
    text: '{\n  "security": { "auth": { "selectedType": "oauth-personal" } },\n  "mcpServers": {\n    "context7": { "httpUrl": "https://mcp.context7.com/mcp" }\n  },\n  // dark at night\n  "ui": { "theme": "GitHub" }\n}\n',
  },
  { client: 'goose', what: 'extensions in the middle', text: goose },
  { client: 'goose', what: 'CRLF', text: goose.replace(/\n/g, '\r\n') },
  {
    client: 'goose',
    what: 'extensions at the end, without a newline',
    text: `${goose.split('OPENAI_HOST')[0]?.trimEnd()}`,
    needsBackup: true,
  },
  {
    client: 'goose',
    what: 'anchors and merge keys',
    text: 'defaults: &defaults\n  enabled: true\n  timeout: 300\n\nextensions:\n    memory:\n        <<: *defaults\n        name: memory\n        type: builtin\n    fetch: { <<: *defaults, name: fetch, type: stdio, cmd: uvx, args: [mcp-server-fetch], envs: {} }\n\nGOOSE_MODEL: gpt-4o\n',
  },
  {
    client: 'goose',
    what: 'an inline map',
    text: 'GOOSE_MODEL: gpt-4o\nextensions: {memory: {type: builtin, name: memory, enabled: true}} # short\n',
    needsBackup: true,
  },
  { client: 'goose', what: 'no extensions', text: '# provider\nGOOSE_PROVIDER: ollama\n', needsBackup: true },
  {
    client: 'goose',
    what: 'empty extensions',
    text: 'GOOSE_PROVIDER: ollama\nextensions:\nGOOSE_MODEL: qwen3\n',
    needsBackup: true,
  },
  {
    client: 'github-copilot-cli',
    what: 'listed tools',
    text: '{\n  "mcpServers": {\n    "playwright": {\n      "type": "local",\n      "command": "npx",\n      "args": ["@playwright/mcp@latest"],\n      "tools": ["*"]\n    }\n  }\n}\n',
  },
  {
    client: 'github-copilot-cli',
    what: 'a bare map of servers',
    text: '{\n  "playwright": {\n    "command": "npx"\n  }\n}\n',
  },
  {
    client: 'kilo-code',
    what: 'a model and a server',
    text: '{\n  "model": "anthropic/claude-sonnet-4-5",\n  "mcp": {\n    "time": {\n      "type": "local",\n      "command": ["uvx", "mcp-server-time"],\n      "enabled": true\n    }\n  }\n}\n',
  },
  {
    client: 'kimi-code',
    what: 'one server',
    text: '{\n  "mcpServers": {\n    "chrome": { "transport": "stdio", "command": "npx", "args": ["chrome-devtools-mcp@latest"] }\n  }\n}\n',
  },
  {
    client: 'kiro-cli',
    what: 'approved tools',
    text: '{\n  "mcpServers": {\n    "aws-docs": {\n      "command": "uvx",\n      "args": ["awslabs.aws-documentation-mcp-server@latest"],\n      "env": { "FASTMCP_LOG_LEVEL": "ERROR" },\n      "disabled": false,\n      "autoApprove": []\n    }\n  }\n}\n',
  },
  {
    client: 'mastracode',
    what: 'one server',
    text: '{\n  "mcpServers": {\n    "mastra": { "command": "npx", "args": ["-y", "@mastra/mcp-docs-server"] }\n  }\n}\n',
  },
  {
    client: 'mcporter',
    what: 'imports and comments',
    text: '{\n  "imports": ["cursor", "claude-code"],\n  "mcpServers": {\n    "linear": {\n      "baseUrl": "https://mcp.linear.app/mcp", // signs in\n    },\n  },\n}\n',
  },
  {
    client: 'opencode',
    what: 'servers directly in mcp',
    text: '{\n  "$schema": "https://opencode.ai/config.json",\n  // "theme": "opencode",\n  "mcp": {\n    "gh_grep": {\n      "type": "remote",\n      "url": "https://mcp.grep.app",\n      "enabled": false\n    }, /* slow */\n  }\n}\n',
  },
  {
    client: 'opencode',
    what: 'servers in mcp.servers',
    text: '{\n  "mcp": {\n    "timeout": 5000,\n    "servers": {\n      "time": { "type": "local", "command": ["uvx", "mcp-server-time"] }\n    }\n  }\n}\n',
  },
  {
    client: 'pi',
    what: 'settings and a server',
    text: '{\n  "settings": { "toolPrefix": "server" },\n  "mcpServers": {\n    "notion": { "url": "https://mcp.notion.com/mcp", "lifecycle": "lazy" }\n  }\n}\n',
  },
];
