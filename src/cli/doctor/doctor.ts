import { realpathSync } from 'node:fs';
import packageJson from '../../../package.json' with { type: 'json' };
import { redact } from '../../text/redact.ts';
import { createPaint } from '../colour.ts';
import { getClient } from '../init/clients/find-client.ts';
import { thisMachine } from '../init/machine.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import type { Environment } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { readApiKey } from '../setup/api-key.ts';
import { type ApiTarget, openApiTarget, tlsProblem } from '../setup/api-target.ts';
import { createLogger } from '../setup/logger.ts';
import { proxyFor } from '../setup/proxy.ts';
import { checkApi } from './api.ts';
import { createApiReader } from './api-reader.ts';
import { checkClient } from './client-entry.ts';
import { checkKey, checkNode, checkSettings, checkStateFolder } from './environment.ts';
import { cleaned, type Finding, isHealthy, type Report, toJson, toText } from './findings.ts';
import { certificateCheck, checkNetwork } from './network.ts';
import { probeAssumptions } from './probe/probe.ts';
import { checkServices, serviceChecks } from './services.ts';

export interface DoctorOptions {
  readonly json?: boolean;
  readonly probe?: boolean;
  /** The value of the server's --sandbox flag. */
  readonly sandbox?: string | true;
}

/**
 * Checks everything between a client and the API, and prints the results with fixes. Changes nothing.
 * @param clientName checks the entry of this client instead of the shell's environment.
 * @param program this program's file, as it was started.
 * @throws ConfigurationError for an unknown client.
 */
export async function runDoctor(
  clientName: string | undefined,
  options: DoctorOptions,
  program: string,
  env: Environment,
  version: string,
): Promise<void> {
  const { report, apiKey } = await examine(clientName, options, program, env, version);
  const shown = cleaned(report);
  const text = options.json ? `${toJson(shown)}\n` : toText(shown, createPaint(env));
  process.stdout.write(redact(text, apiKey));
  if (!isHealthy(report)) process.exitCode = 1;
}

async function examine(
  clientName: string | undefined,
  options: DoctorOptions,
  program: string,
  shell: Environment,
  version: string,
): Promise<{ report: Report; apiKey: string }> {
  const findings: Finding[] = [checkNode(packageJson.engines.node)];
  const incomplete = { report: { version, findings }, apiKey: '' };
  let env = shell;
  let flags: Readonly<Record<string, unknown>> = {};
  let keyIsHidden = false;
  if (clientName !== undefined) {
    const client = await checkClient(
      getClient(clientName),
      thisMachine(shell),
      realpathSync(program),
      options.sandbox !== undefined,
    );
    findings.push(...client.findings);
    if (client.launch === undefined) return incomplete;
    ({ env, flags, keyIsHidden } = client.launch);
  }
  if (options.sandbox !== undefined) flags = { ...flags, sandbox: options.sandbox };
  const checked = checkSettings(flags, env);
  findings.push(...checked.findings);
  const { settings } = checked;
  if (settings === undefined) return incomplete;
  let target: ApiTarget;
  try {
    target = await openApiTarget(settings, env, createLogger('silent'));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    findings.push({ check: 'settings', status: 'failed', detail: error.message });
    return incomplete;
  }
  try {
    const configured = await readApiKey(settings);
    const isReported = findings.some(({ check, status }) => check === 'settings' && status === 'failed');
    const skipKey = settings.sandbox || isReported || (keyIsHidden && configured.key === undefined);
    const key = skipKey ? [] : checkKey(settings, configured);
    const network = await checkConnections(target, env, shell);
    const state = settings.databaseUrl === undefined ? [await checkStateFolder(settings, env)] : [];
    findings.push(...key, ...state, ...(await checkServices(settings)), ...network);
    const blocked = findings.some(
      ({ check, status }) => status === 'failed' && !independentChecks.includes(check),
    );
    const host = `${new URL(target.baseUrl).host}${settings.sandbox ? ' (the embedded sandbox)' : ''}`;
    const api = blocked || !target.apiKey ? notAsked : await askApi(target, settings, options, version);
    findings.push(...api.findings);
    const report = { version, target: host, findings, ...(api.probe && { probe: api.probe }) };
    return { report, apiKey: target.apiKey ?? '' };
  } finally {
    await target.close();
  }
}

/** Failures that say nothing about the connection to the API. A certificate file may not matter. */
const independentChecks = [certificateCheck, 'state folder', ...serviceChecks];

/** Without verification of certificates nothing is asked: it would hand over the key. */
async function checkConnections(target: ApiTarget, env: Environment, shell: Environment): Promise<Finding[]> {
  const tls = tlsProblem(target.baseUrl, env) ?? tlsProblem(target.baseUrl, shell);
  if (tls !== undefined) return [failure('TLS', tls)];
  const proxy = proxyFor(target.baseUrl, env).problem;
  if (proxy !== undefined) return [failure('proxy', proxy)];
  return checkNetwork(target.baseUrl, target.proxy, env);
}

const failure = (check: string, detail: string): Finding => ({ check, status: 'failed', detail });

const notAsked: Pick<Report, 'findings' | 'probe'> = {
  findings: [{ check: 'API', status: 'skipped', detail: 'not checked because of the problems above' }],
};

async function askApi(
  { baseUrl, apiKey = '', proxy }: ApiTarget,
  settings: Settings<'serve'>,
  options: DoctorOptions,
  version: string,
): Promise<Pick<Report, 'findings' | 'probe'>> {
  const userAgent = `opencx-sessions-mcp/${version} doctor`;
  const requestsPerMinute = settings.rateLimit;
  const api = await createApiReader({ baseUrl, apiKey, userAgent, requestsPerMinute }, proxy);
  try {
    const findings = await checkApi(api, apiKey);
    const usable = findings.every(({ status }) => status !== 'failed');
    return options.probe && usable ? { findings, probe: await probeAssumptions(api) } : { findings };
  } finally {
    await api.close();
  }
}
