import { X509Certificate } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { connectionError } from '../../client/http/connection-error.ts';
import type { ProxySettings } from '../../client/http/connection-pools.ts';
import type { Environment } from '../settings/read-settings.ts';
import type { Finding } from './findings.ts';

/** As long as the client gives a connection. */
const timeoutMs = 10_000;

/** The way to the API, step by step, up to an open and trusted connection. Nothing is asked yet. */
export async function checkNetwork(
  baseUrl: string,
  proxy: ProxySettings,
  env: Environment,
): Promise<Finding[]> {
  const findings = await checkAuthorities(env);
  const url = new URL(baseUrl);
  const { httpsProxy } = proxy;
  if (httpsProxy !== undefined && url.protocol === 'https:') {
    if (!bypasses(url.hostname, proxy.noProxy ?? ''))
      return [...findings, await checkProxy(new URL(httpsProxy))];
    findings.push({ check: 'proxy', status: 'ok', seen: `NO_PROXY names ${url.hostname}: reached directly` });
  }
  if (!isIP(bare(url.hostname))) {
    const name = await checkName(url.hostname);
    findings.push(name);
    if (name.status === 'failed') return findings;
  }
  return [...findings, await checkConnection(url)];
}

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Node only warns, on stderr that no client shows, and goes on without them. */
async function checkAuthorities(env: Environment): Promise<Finding[]> {
  const file = env['NODE_EXTRA_CA_CERTS'];
  if (!file) return [];
  const check = 'authorities';
  try {
    const blocks = (await readFile(file, 'utf8')).match(pem) ?? [];
    const [first] = blocks.map((block) => new X509Certificate(block));
    if (first === undefined) throw new Error('it holds no certificate in PEM form');
    const name = /(?:CN|O)=(.+)/.exec(first.subject)?.[1] ?? first.subject;
    const more = blocks.length > 1 ? ` and ${blocks.length - 1} more` : '';
    return [{ check, status: 'ok', seen: `${name}${more}, from ${file}` }];
  } catch (error) {
    const advice = 'Name a file of PEM certificates, or unset NODE_EXTRA_CA_CERTS: Node goes on without it.';
    return [{ check, status: 'failed', seen: `${file}: ${(error as Error).message}`, advice }];
  }
}

async function checkProxy({ protocol, hostname, port }: URL): Promise<Finding> {
  // Without what may stand before the @.
  const name = `${protocol}//${hostname}${port && `:${port}`}`;
  const check = 'proxy';
  const secure = protocol === 'https:';
  try {
    const { ms } = await open(secure, hostname, Number(port || (secure ? 443 : 80)));
    return { check, status: 'ok', seen: `${name} answers (${ms} ms); it looks up the API's name` };
  } catch (error) {
    const advice = 'Mend HTTPS_PROXY, or unset it. NO_PROXY lists hosts that are reached directly.';
    return { check, status: 'failed', seen: `${name} cannot be reached (${codeOf(error)})`, advice };
  }
}

async function checkName(host: string): Promise<Finding> {
  const check = 'name';
  try {
    const [first, ...others] = await lookup(host, { all: true });
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    return { check, status: 'ok', seen: `${host} is ${first?.address}${more}` };
  } catch (error) {
    const advice =
      'Check the network and, if you set it, OPENCX_API_URL. Behind a proxy of a company, set HTTPS_PROXY.';
    return { check, status: 'failed', seen: `${host} is not known (${codeOf(error)})`, advice };
  }
}

async function checkConnection({ protocol, hostname, port }: URL): Promise<Finding> {
  const check = 'connection';
  const secure = protocol === 'https:';
  const number = Number(port || (secure ? 443 : 80));
  try {
    const { ms, socket } = await open(secure, bare(hostname), number);
    const agreed = secure
      ? `, ${(socket as TLSSocket).getProtocol()}, certificate trusted`
      : ', plain http on this machine';
    return { check, status: 'ok', seen: `port ${number} in ${ms} ms${agreed}` };
  } catch (error) {
    const advice = /certificate/.test(connectionError(error, false).message)
      ? "If a private authority issued it, name the file with that authority's certificate in NODE_EXTRA_CA_CERTS."
      : secure
        ? 'Check firewall and VPN. Behind a proxy of a company, set HTTPS_PROXY.'
        : 'OPENCX_API_URL points at this machine: start what should answer there, or unset it.';
    const [reason = ''] = connectionError(error, false).message.split(' If a private');
    return { check, status: 'failed', seen: `${hostname}:${number}: ${reason}`, advice };
  }
}

/** Opens a connection and closes it. */
function open(secure: boolean, host: string, port: number): Promise<{ ms: number; socket: Socket }> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const socket = secure
      ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), timeout: timeoutMs })
      : connect({ host, port, timeout: timeoutMs });
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      resolve({ ms: Math.round(performance.now() - started), socket });
      socket.destroy();
    });
    socket.once('timeout', () => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })));
    socket.once('error', reject);
  });
}

/** Whether NO_PROXY names a host, or a domain above it. */
function bypasses(host: string, noProxy: string): boolean {
  return noProxy
    .split(/[\s,]+/)
    .map((name) =>
      name
        .replace(/^\*?\./, '')
        .replace(/:\d+$/, '')
        .toLowerCase(),
    )
    .some((name) => name === '*' || name === host || (name !== '' && host.endsWith(`.${name}`)));
}

const bare = (hostname: string) => hostname.replace(/^\[|\]$/g, '');

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? (error as Error).message;
