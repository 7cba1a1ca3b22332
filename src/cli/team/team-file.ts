import { baseUrlProblem, isLoopback } from '../../client/base-url.ts';
import { z } from '../../contract/zod.ts';
import { personalDataKinds } from '../../text/personal-data/kinds.ts';
import { cardToolNames, tools } from '../../tools/index.ts';
import { webhookProblem } from '../settings/value-schemas.ts';

const id = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,39}$/,
    'must be 1 to 40 of a-z, 0-9, - and _, and begin with a letter or digit',
  );

const name = z.string().min(1, 'must not be empty').max(100, 'must have at most 100 characters');

const keyFile = z.string().min(1, 'must be a path');
const variable = z.string().regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable');

const Workspace = z
  .object({
    name: name.optional().describe('Name for people'),
    api_key_file: keyFile
      .optional()
      .describe('File with the API key of the organisation; relative to this file'),
    api_key_env: variable
      .optional()
      .describe('Environment variable of the server with the API key, instead of api_key_file'),
    api_url: z
      .string()
      .superRefine((url, context) => {
        const message = baseUrlProblem(url);
        if (message !== undefined) context.addIssue({ code: z.ZodIssueCode.custom, message });
      })
      .optional()
      .describe('Base URL of the API'),
    requests_per_minute: z
      .number()
      .int()
      .min(0)
      .max(1_000_000)
      .optional()
      .describe('Maximum requests per minute to the API for the whole workspace; 0 = no limit'),
    outbox_webhook: z
      .string()
      .superRefine((url, context) => {
        const message = webhookProblem(url);
        if (message !== undefined) context.addIssue({ code: z.ZodIssueCode.custom, message });
      })
      .optional()
      .describe('URL that is told of each message that waits for approval; default: OPENCX_OUTBOX_WEBHOOK'),
  })
  .strict();

const Role = z
  .object({
    tools: z.array(z.string()).min(1).optional().describe('Only these tools; all if left out'),
    read_only: z.boolean().optional().describe('Only tools that do not change anything'),
    confirm_sends: z
      .enum(['none', 'ask', 'outbox'])
      .default('none')
      .describe(
        'Whether a person has to approve each message. ask: in the client, which must support it. outbox: later, by somebody who may',
      ),
    approve_sends: z
      .boolean()
      .default(false)
      .describe('May approve, edit and reject the messages in the outbox of the workspace'),
    allow_verified: z
      .boolean()
      .default(false)
      .describe('Allow marking an identity as verified, and changing verified contacts'),
    redact: z
      .array(z.enum(personalDataKinds))
      .default([])
      .describe('Kinds of personal data that answers must not show; stand-ins replace them'),
  })
  .strict();

const Token = z
  .object({
    name: name.describe('Whose token it is: a person or a program. Unique'),
    sha256: z
      .string()
      .regex(/^[\da-f]{64}$/, 'must be the SHA-256 of a token as 64 hex digits; the command token prints it')
      .describe('Hash of the token, as the command token prints it'),
    workspace: id,
    role: id,
  })
  .strict();

const SignIn = z
  .object({
    issuer: z
      .string()
      .superRefine((url, context) => {
        const message = issuerProblem(url);
        if (message !== undefined) context.addIssue({ code: z.ZodIssueCode.custom, message });
      })
      .describe('The identity provider, exactly as its metadata spells it'),
    audience: z
      .string()
      .min(1)
      .optional()
      .describe('The audience of its access tokens; default: the address of the workspace'),
    workspace_claim: z
      .string()
      .min(1)
      .optional()
      .describe('Claim with the workspaces of a person; nobody gets a role in another one'),
    client_id: z
      .string()
      .min(1)
      .optional()
      .describe('This server as a client of the provider. With it, people can use the inbox page'),
    client_secret_file: keyFile
      .optional()
      .describe('File with its secret, if it has one; relative to this file'),
    client_secret_env: variable
      .optional()
      .describe('Environment variable of the server with the secret, instead of client_secret_file'),
    scope: z
      .string()
      .regex(
        /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/,
        'must be scopes, with a space in between',
      )
      .optional()
      .describe('Scopes that the inbox page asks for; default: sessions:read sessions:write'),
    grants: z
      .array(z.object({ claim: z.string().min(1), value: z.string(), workspace: id, role: id }).strict())
      .min(1)
      .describe('Which value of which claim gives which role in which workspace'),
  })
  .strict();

/** Keys that are fetched over plain http could be exchanged on the way. */
function issuerProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL, such as https://id.example.com';
  const { protocol, username, password, search, hash } = new URL(text);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(text)))
    return 'must begin with https:// (plain http is allowed for localhost only)';
  return username || password || search || hash ? 'must not have a user, query or fragment' : undefined;
}

/** The team file: who may do what, where. */
export const TeamFile = z
  .object({
    $schema: z.string().optional().describe('Address of the JSON Schema of this file'),
    workspaces: z.record(Workspace).describe('Organisations in OpenCX, by the id in the address /mcp/w/ID'),
    roles: z.record(Role).describe('What members may do, by name'),
    tokens: z.array(Token).default([]).describe('Bearer tokens of people and programs'),
    sign_in: SignIn.optional().describe('Sign-in with an identity provider'),
  })
  .strict();

export type TeamFile = z.output<typeof TeamFile>;
export type WorkspaceEntry = TeamFile['workspaces'][string];
export type RoleEntry = TeamFile['roles'][string];

/** Something that the schema cannot tell, at a place in the file. */
export interface TeamProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The names that the parts of the file use for each other, and settings that are not available. */
export function teamProblems(
  file: TeamFile,
  nearest: (name: string, known: string[]) => string,
): TeamProblem[] {
  const problems: TeamProblem[] = [];
  const toolNames = [...tools.map((tool) => tool.name), ...cardToolNames];
  const add = (message: string, ...path: (string | number)[]) => problems.push({ path, message });
  const workspaces = Object.keys(file.workspaces);
  const roles = Object.keys(file.roles);
  if (workspaces.length === 0) add('must name at least one workspace', 'workspaces');
  if (roles.length === 0) add('must name at least one role', 'roles');
  for (const [key, of] of [...workspaces.map((w) => [w, 'workspaces']), ...roles.map((r) => [r, 'roles'])]) {
    const parsed = id.safeParse(key);
    if (!parsed.success) add(`the name ${parsed.error.issues[0]?.message}`, of ?? '', key ?? '');
  }
  for (const [key, { api_key_env, api_key_file }] of Object.entries(file.workspaces)) {
    if ((api_key_env === undefined) === (api_key_file === undefined))
      add('needs one of api_key_file and api_key_env', 'workspaces', key);
  }
  for (const [key, role] of Object.entries(file.roles)) {
    for (const [index, tool] of (role.tools ?? []).entries()) {
      if (!toolNames.includes(tool))
        add(`there is no such tool${nearest(tool, toolNames)}`, 'roles', key, 'tools', index);
    }
    if (role.tools !== undefined && role.read_only !== undefined)
      add('tools and read_only exclude each other', 'roles', key, 'read_only');
  }
  const refer = (entry: { workspace: string; role: string }, ...path: (string | number)[]) => {
    if (!workspaces.includes(entry.workspace))
      add(`there is no such workspace${nearest(entry.workspace, workspaces)}`, ...path, 'workspace');
    if (!roles.includes(entry.role))
      add(`there is no such role${nearest(entry.role, roles)}`, ...path, 'role');
  };
  const names = new Set<string>();
  const hashes = new Set<string>();
  for (const [index, token] of file.tokens.entries()) {
    refer(token, 'tokens', index);
    if (names.has(token.name)) add('another token has this name', 'tokens', index, 'name');
    if (hashes.has(token.sha256)) add('another token has this hash', 'tokens', index, 'sha256');
    names.add(token.name);
    hashes.add(token.sha256);
  }
  for (const [index, grant] of (file.sign_in?.grants ?? []).entries())
    refer(grant, 'sign_in', 'grants', index);
  const { client_id, client_secret_file, client_secret_env, scope } = file.sign_in ?? {};
  if (client_secret_file !== undefined && client_secret_env !== undefined)
    add('client_secret_file and client_secret_env exclude each other', 'sign_in', 'client_secret_env');
  for (const [key, value] of Object.entries({ client_secret_file, client_secret_env, scope })) {
    if (client_id === undefined && value !== undefined) add('needs client_id', 'sign_in', key);
  }
  return problems;
}
