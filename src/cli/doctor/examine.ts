import { ConfigurationError } from '../settings/configuration-error.ts';
import type { Environment } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { readApiKey } from '../setup/api/api-key.ts';
import { type ApiTarget, openApiTarget, tlsProblem } from '../setup/api/api-target.ts';
import { proxyFor } from '../setup/api/proxy.ts';
import { withSavedKey } from '../setup/api/saved-key.ts';
import { createLogger } from '../setup/logger.ts';
import { checkApi } from './api.ts';
import { createApiReader } from './api-reader.ts';
import type { ClientLaunch } from './client-entry.ts';
import { checkKey, checkSettings, checkStateFolder } from './environment.ts';
import type { Finding, Report } from './findings.ts';
import { certificateCheck, checkNetwork } from './network.ts';
import { probeAssumptions } from './probe/probe.ts';
import { checkServices, serviceChecks } from './services.ts';

export interface ExamineOptions {
  readonly probe?: boolean;
}

/** What was found out about a server, and the secrets that it was found out with. */
export interface Examined extends Pick<Report, 'target' | 'findings' | 'probe'> {
  readonly secrets: readonly string[];
}

/**
 * Checks everything between a server on this machine and the API.
 * @param launch how the server is started: by a client, or by this shell.
 * @param seen who was already checked with the same API, key and way to it. They are asked once.
 */
export async function examineLaunch(
  { flags, env, keyIsHidden }: ClientLaunch,
  options: ExamineOptions,
  shell: Environment,
  version: string,
  who = 'this shell',
  seen = new Map<string, string>(),
): Promise<Examined> {
  const { settings: given, findings } = checkSettings(flags, env);
  if (given === undefined) return { findings, secrets: [] };
  const settings = keyIsHidden ? given : withSavedKey(given, env);
  let target: ApiTarget;
  try {
    target = await openApiTarget(settings, env, createLogger('silent'));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    findings.push({ check: 'settings', status: 'failed', detail: error.message });
    return { findings, secrets: [] };
  }
  const secrets = [target.apiKey ?? ''];
  try {
    const configured = await readApiKey(settings);
    const isReported = findings.some(({ check, status }) => check === 'settings' && status === 'failed');
    const skipKey = settings.sandbox || isReported || (keyIsHidden && configured.key === undefined);
    findings.push(...(skipKey ? [] : checkKey(settings, configured)));
    const host = `${new URL(target.baseUrl).host}${settings.sandbox ? ' (the embedded sandbox)' : ''}`;
    const state = settings.databaseUrl === undefined ? [await checkStateFolder(settings, env)] : [];
    findings.push(...state, ...(await checkServices(settings)));
    // All that the checks below depend on.
    const { account, proxy, problem } = target;
    const id = JSON.stringify([account, proxy, problem, env['NODE_EXTRA_CA_CERTS']]);
    const first = seen.get(id);
    if (first !== undefined) {
      findings.push({ check: 'API', status: 'skipped', detail: `the same as for ${first}` });
      return { target: host, findings, secrets };
    }
    findings.push(...(await checkConnections(target, env, shell)));
    const blocked = findings.some(
      ({ check, status }) => status === 'failed' && !independentChecks.includes(check),
    );
    const isAsked = !blocked && target.apiKey;
    if (isAsked) seen.set(id, who);
    const api = isAsked ? await askApi(target, settings, options, version) : notAsked;
    findings.push(...api.findings);
    return { target: host, findings, ...(api.probe && { probe: api.probe }), secrets };
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
  options: ExamineOptions,
  version: string,
): Promise<Pick<Report, 'findings' | 'probe'>> {
  const userAgent = `opencx-sessions-mcp/${version} doctor`;
  const requestsPerMinute = settings.rateLimit;
  const api = await createApiReader({ baseUrl, apiKey, userAgent, requestsPerMinute }, proxy);
  try {
    const howToReplace =
      settings.apiKey === undefined ? `save it in ${settings.apiKeyFile}` : 'set OPENCX_API_KEY to it';
    const findings = await checkApi(api, { apiKey, howToReplace });
    const usable = findings.every(({ status }) => status !== 'failed');
    return options.probe && usable ? { findings, probe: await probeAssumptions(api) } : { findings };
  } finally {
    await api.close();
  }
}
