import { realpathSync } from 'node:fs';
import packageJson from '../../../package.json' with { type: 'json' };
import { redact } from '../../text/redact.ts';
import { createPaint } from '../colour.ts';
import type { McpClient } from '../init/clients/client.ts';
import { clients } from '../init/clients/clients.ts';
import { getClient, isInstalled } from '../init/clients/find-client.ts';
import { invocation } from '../init/entry.ts';
import { thisMachine } from '../init/machine.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import type { Environment } from '../settings/read-settings.ts';
import { teamUrl } from '../setup/team-url.ts';
import { readToken } from '../setup/token.ts';
import { checkClient } from './client-entry.ts';
import { checkNode, checkSettings } from './environment.ts';
import { type Examined, type ExamineOptions, examineLaunch } from './examine.ts';
import { cleaned, type Finding, isHealthy, type Report, toJson, toText } from './findings.ts';
import { checkServices } from './services.ts';
import { checkTeamServer } from './team/team-server.ts';

export interface DoctorOptions extends ExamineOptions {
  readonly json?: boolean;
  /** The value of the server's --sandbox flag. Then only what uses the sandbox is checked. */
  readonly sandbox?: string | true;
  /** The address of a team server, to be checked instead. */
  readonly url?: string;
}

/** What all checks share. */
interface Context {
  readonly options: DoctorOptions;
  readonly program: string;
  readonly shell: Environment;
  readonly version: string;
}

/**
 * Checks everything between clients and the API, or a team server, and prints the results with fixes. Changes nothing.
 * @param clientName checks this client alone, instead of every one on this machine.
 * @param program this program's file, as it was started.
 * @throws ConfigurationError for an unknown client, or options that cannot be used together.
 */
export async function runDoctor(
  clientName: string | undefined,
  options: DoctorOptions,
  program: string,
  env: Environment,
  version: string,
): Promise<void> {
  const context: Context = { options, program: realpathSync(program), shell: env, version };
  const { secrets, ...examined } = await examine(clientName, context);
  const report: Report = {
    version,
    ...examined,
    findings: [checkNode(packageJson.engines.node), ...examined.findings],
  };
  const shown = cleaned(report);
  const text = options.json ? `${toJson(shown)}\n` : toText(shown, createPaint(env));
  process.stdout.write(secrets.reduce(redact, text));
  if (!isHealthy(report)) process.exitCode = 1;
}

async function examine(clientName: string | undefined, context: Context): Promise<Examined> {
  const { options } = context;
  if (options.url === undefined) {
    return clientName === undefined ? examineAll(context) : examineClient(getClient(clientName), context);
  }
  if (clientName !== undefined || options.sandbox !== undefined || options.probe) {
    throw new ConfigurationError(
      '--url checks a server that runs elsewhere: give neither a client nor other flags.',
    );
  }
  const { key, problem, warnings } = await readToken(context.shell);
  if (problem !== undefined) throw new ConfigurationError(problem);
  const { findings, ...examined } = await examineTeam(teamUrl(options.url), key, howToSignIn, context);
  const notes = warnings.map((warning): Finding => ({ check: 'token', status: 'warning', ...warning }));
  return { ...examined, findings: [...notes, ...findings] };
}

const howToSignIn =
  'Set OPENCX_TOKEN to a token of the server, or OPENCX_TOKEN_FILE to a file with it. A client that signs in does so in the browser.';

async function examineTeam(
  address: string,
  token: string | undefined,
  howToSignIn: string,
  { shell, version }: Context,
): Promise<Examined> {
  const userAgent = `opencx-sessions-mcp/${version} doctor`;
  const findings = await checkTeamServer({ address, token, howToSignIn, env: shell, userAgent });
  return { target: address, findings, secrets: [token ?? ''] };
}

/** @param seen as in `examineLaunch`, if all clients are checked and none was named. */
async function examineClient(
  client: McpClient,
  context: Context,
  seen?: Map<string, string>,
): Promise<Examined & { isMissing?: boolean }> {
  const { options, program, shell, version } = context;
  const checked = await checkClient(client, thisMachine(shell), program, {
    sandbox: options.sandbox !== undefined,
    trustsProject: seen === undefined,
  });
  const { findings, isMissing = false, launch, remote } = checked;
  if (remote !== undefined) {
    const how = `${client.title} signs in in the browser, or keeps the token. To check one here, run: ${invocation(program)} doctor --url ${remote.address}`;
    const team = await examineTeam(remote.address, remote.token, how, context);
    return { ...team, findings: [...findings, ...team.findings] };
  }
  if (launch === undefined) return { findings, isMissing, secrets: [] };
  const examined = await examineLaunch(launch, options, shell, version, client.title, seen);
  return { ...examined, findings: [...findings, ...examined.findings] };
}

/** Every client on this machine, and this shell if it has settings or there is nothing else. */
async function examineAll(context: Context): Promise<Examined> {
  const { options, program, shell, version } = context;
  const seen = new Map<string, string>();
  const parts: { who: string; examined: Examined }[] = [];
  const without: McpClient[] = [];
  const installed = clients.filter((client) => isInstalled(client, thisMachine(shell)));
  for (const client of installed) {
    const examined = await examineClient(client, context, seen);
    if (examined.isMissing) without.push(client);
    else parts.push({ who: client.title, examined });
  }
  const hasSettings = ['OPENCX_API_KEY', 'OPENCX_API_KEY_FILE', 'OPENCX_SANDBOX'].some((name) => shell[name]);
  if (parts.length === 0 || hasSettings || options.sandbox !== undefined) {
    const flags = options.sandbox === undefined ? {} : { sandbox: options.sandbox };
    const launch = { flags, env: shell, keyIsHidden: false };
    const examined = await examineLaunch(launch, options, shell, version, 'this shell', seen);
    parts.push({ who: 'this shell', examined });
  } else {
    // What names them here, names them for the commands inbox and outbox.
    const { settings } = checkSettings({}, shell);
    const services = settings === undefined ? [] : await checkServices(settings);
    if (services.length > 0) parts.push({ who: 'this shell', examined: { findings: services, secrets: [] } });
  }
  const [only] = parts.length === 1 ? parts : [];
  const findings = parts.flatMap(({ who, examined }) =>
    examined.findings.map((finding) => (only?.who === 'this shell' ? finding : { ...finding, client: who })),
  );
  if (installed.length === 0) {
    const fix = `For the list of clients, run: ${invocation(program)} init`;
    findings.push({
      check: 'clients',
      status: 'skipped',
      detail: 'none of those known is installed here',
      fix,
    });
  }
  if (without.length > 0) {
    const detail = `without an entry of this server: ${without.map(({ title }) => title).join(', ')}`;
    const fix = `To add one, run: ${invocation(program)} init`;
    findings.push({ check: 'other clients', status: 'skipped', detail, fix });
  }
  const probe = parts.find(({ examined }) => examined.probe)?.examined.probe;
  return {
    ...(only?.examined.target !== undefined && { target: only.examined.target }),
    findings,
    ...(probe && { probe }),
    secrets: parts.flatMap(({ examined }) => examined.secrets),
  };
}
