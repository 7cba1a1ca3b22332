import { realpathSync } from 'node:fs';
import packageJson from '../../../package.json' with { type: 'json' };
import { redact } from '../../client/http/redact.ts';
import { clientNamed, thisMachine } from '../init/clients.ts';
import { ConfigurationError, type Environment } from '../settings/read-settings.ts';
import type { Config } from '../settings/settings.ts';
import { openUpstream, type Upstream } from '../setup/api-target.ts';
import { createLog } from '../setup/logger.ts';
import { checkApi } from './api.ts';
import { createAsker } from './api-reader.ts';
import { checkClient } from './client-entry.ts';
import { checkKey, checkNode, checkSettings, checkStateFolder } from './environment.ts';
import { asJson, type Finding, inWords, isHealthy, type Report } from './findings.ts';
import { checkNetwork } from './network.ts';
import type { ProbeResult } from './probe/assumption-probe.ts';
import { probe } from './probe/probe.ts';

export interface DoctorOptions {
  readonly json?: boolean;
  readonly probe?: boolean;
  /** As the flags of the server. */
  readonly sandbox?: string | true;
}

/**
 * Looks at all that stands between a client and the API, and prints what to do. Reads only.
 * @param word a client, whose own entry is to be examined instead of this shell's environment.
 * @param program this program's file, as it was started.
 * @throws ConfigurationError for a word that is no client's.
 */
export async function runDoctor(
  word: string | undefined,
  options: DoctorOptions,
  program: string,
  env: Environment,
  version: string,
): Promise<void> {
  const { report, apiKey } = await examine(word, options, program, env, version);
  const colour = process.stdout.isTTY === true && !env['NO_COLOR'];
  const text = options.json ? `${asJson(report)}\n` : inWords(report, colour);
  process.stdout.write(redact(text, apiKey));
  if (!isHealthy(report)) process.exitCode = 1;
}

async function examine(
  word: string | undefined,
  options: DoctorOptions,
  program: string,
  shell: Environment,
  version: string,
): Promise<{ report: Report; apiKey: string }> {
  const findings = [checkNode(packageJson.engines.node)];
  let env = shell;
  let flags: Readonly<Record<string, unknown>> = {};
  let keyIsHidden = false;
  if (word !== undefined) {
    const client = await checkClient(
      clientNamed(word),
      thisMachine(shell),
      realpathSync(program),
      options.sandbox !== undefined,
    );
    findings.push(...client.findings);
    if (client.start === undefined) return { report: { version, findings }, apiKey: '' };
    ({ env, flags, keyIsHidden } = client.start);
  }
  if (options.sandbox !== undefined) flags = { ...flags, sandbox: options.sandbox };
  const { findings: settings, config } = checkSettings(flags, env);
  findings.push(...settings);
  if (config === undefined) return { report: { version, findings }, apiKey: '' };
  let upstream: Upstream;
  try {
    upstream = await openUpstream(config, env, createLog('silent'));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    findings.push({ check: 'settings', status: 'failed', seen: error.message });
    return { report: { version, findings }, apiKey: '' };
  }
  try {
    const needless = config.sandbox || (keyIsHidden && !upstream.apiKey);
    const key = needless ? [] : await checkKey(config, upstream.apiKey);
    const network = await checkNetwork(upstream.baseUrl, upstream.proxy, env);
    findings.push(...key, await checkStateFolder(config, env), ...network);
    // A bad file of authorities need not be in the way: the connection says whether it is.
    const blocked = [...key, ...network].some(
      ({ check, status }) => status === 'failed' && check !== 'authorities',
    );
    const target = `${new URL(upstream.baseUrl).host}${config.sandbox ? ' (the embedded sandbox)' : ''}`;
    const asked = blocked || !upstream.apiKey ? notAsked : await ask(upstream, config, options, version);
    findings.push(...asked.findings);
    const report = { version, target, findings, ...(asked.probe && { probe: asked.probe }) };
    return { report, apiKey: upstream.apiKey ?? '' };
  } finally {
    await upstream.close();
  }
}

interface Asked {
  findings: Finding[];
  probe?: ProbeResult[];
}

const notAsked: Asked = {
  findings: [{ check: 'API', status: 'skipped', seen: 'not asked, because of what is said above' }],
};

/** What only the API can tell. */
async function ask(
  { baseUrl, apiKey = '', proxy }: Upstream,
  config: Config<'serve'>,
  options: DoctorOptions,
  version: string,
): Promise<Asked> {
  const userAgent = `opencx-sessions-mcp/${version} doctor`;
  const asker = await createAsker({ baseUrl, apiKey, userAgent, requestsPerMinute: config.rateLimit }, proxy);
  try {
    const findings = await checkApi(asker, apiKey);
    const open = findings.every(({ status }) => status !== 'failed');
    return options.probe && open ? { findings, probe: await probe(asker) } : { findings };
  } finally {
    await asker.close();
  }
}
