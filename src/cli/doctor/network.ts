import { X509Certificate } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { connect, isIP } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { connectionError } from '../../client/http/connection-error.ts';
import type { ProxySettings } from '../../client/http/connection-pools.ts';
import type { Environment } from '../settings/read-settings.ts';
import { bypassesProxy } from '../setup/api/proxy.ts';
import type { Finding } from './findings.ts';

/** Same as the connect timeout of the client. */
const timeoutMs = 10_000;

/** What is connected to: its name in sentences, and the setting that has its address. */
interface Server {
  readonly name: string;
  readonly setting: string;
}

const theApi: Server = { name: 'The API', setting: 'OPENCX_API_URL' };

/** Checks CA certificates, proxy, DNS and connection. Sends no HTTP request. */
export async function checkNetwork(
  baseUrl: string,
  { httpsProxy, noProxy = '' }: ProxySettings,
  env: Environment,
  server = theApi,
): Promise<Finding[]> {
  const findings = await checkCertificateFile(env);
  const url = new URL(baseUrl);
  if (httpsProxy !== undefined && url.protocol === 'https:') {
    if (!bypassesProxy(url, noProxy)) return [...findings, await checkProxy(new URL(httpsProxy))];
    findings.push({ check: 'proxy', status: 'ok', detail: `not used for ${url.hostname} (NO_PROXY)` });
  }
  if (!isIP(addressOf(url))) {
    const dns = await checkDns(url.hostname, server);
    findings.push(dns);
    if (dns.status === 'failed') return findings;
  }
  return [...findings, await checkConnection(url, server)];
}

export const certificateCheck = 'CA certificates';

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Checks NODE_EXTRA_CA_CERTS. Node ignores an invalid file, with a warning on stderr that clients do not show. */
async function checkCertificateFile(env: Environment): Promise<Finding[]> {
  const file = env['NODE_EXTRA_CA_CERTS'];
  if (!file) return [];
  const check = certificateCheck;
  try {
    const blocks = (await readFile(file, 'utf8')).match(pem) ?? [];
    const [first] = blocks.map((block) => new X509Certificate(block));
    if (first === undefined) throw new Error('no PEM certificate found');
    const name = /(?:CN|O)=(.+)/.exec(first.subject)?.[1] ?? first.subject;
    return [{ check, status: 'ok', detail: `${name}${andMore(blocks.length - 1)}, from ${file}` }];
  } catch (error) {
    const fix = 'Set NODE_EXTRA_CA_CERTS to a file of PEM certificates, or unset it. Node ignores this file.';
    return [{ check, status: 'failed', detail: `${file}: ${(error as Error).message}`, fix }];
  }
}

async function checkProxy(url: URL): Promise<Finding> {
  const check = 'proxy';
  const { protocol, hostname, port } = url;
  // Without user name and password.
  const name = `${protocol}//${hostname}${port && `:${port}`}`;
  try {
    const { ms } = await openConnection(url);
    return { check, status: 'ok', detail: `${name} accepts connections (${ms} ms)` };
  } catch (error) {
    const fix = 'Fix HTTPS_PROXY or unset it. For hosts to reach directly, set NO_PROXY.';
    return { check, status: 'failed', detail: `cannot reach ${name} (${codeOf(error)})`, fix };
  }
}

async function checkDns(host: string, { setting }: Server): Promise<Finding> {
  const check = 'DNS';
  try {
    const [first, ...others] = await lookup(host, { all: true });
    return {
      check,
      status: 'ok',
      detail: `${host} resolves to ${first?.address}${andMore(others.length)}`,
    };
  } catch (error) {
    const fix = `Check the network and ${setting}. Behind a company proxy, set HTTPS_PROXY.`;
    return { check, status: 'failed', detail: `cannot resolve ${host} (${codeOf(error)})`, fix };
  }
}

async function checkConnection(url: URL, { name, setting }: Server): Promise<Finding> {
  const check = 'connection';
  const port = portOf(url);
  const secure = url.protocol === 'https:';
  try {
    const { ms, protocol } = await openConnection(url);
    const encryption = secure ? `${protocol}, certificate trusted` : 'plain http on this machine';
    return { check, status: 'ok', detail: `port ${port} in ${ms} ms, ${encryption}` };
  } catch (error) {
    // The sentences behind the code are meant for the model.
    const reason = connectionError(error, false)
      .message.replace(/(?<=\(\w+\)\.).*/s, '')
      .replace('The API', name);
    const fix = /certificate/.test(reason)
      ? "If a private authority issued it, set NODE_EXTRA_CA_CERTS to a file with that authority's certificate."
      : secure
        ? 'Check firewall and VPN. Behind a company proxy, set HTTPS_PROXY.'
        : `${setting} points to this machine: start the server there, or correct it.`;
    return { check, status: 'failed', detail: `${url.hostname}:${port}: ${reason}`, fix };
  }
}

/** Opens a connection and closes it. */
function openConnection(url: URL): Promise<{ ms: number; protocol: string }> {
  const target = { host: addressOf(url), port: portOf(url), timeout: timeoutMs };
  const secure = url.protocol === 'https:';
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const socket = secure
      ? // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
        connectTls({
          ...target,
          rejectUnauthorized: true,
          ...(isIP(target.host) === 0 && { servername: target.host }),
        })
      : connect(target);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      // Unknown once the socket is destroyed.
      const protocol = socket instanceof TLSSocket ? (socket.getProtocol() ?? 'TLS') : '';
      resolve({ ms: Math.round(performance.now() - started), protocol });
      socket.destroy();
    });
    socket.once('timeout', () => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })));
    socket.once('error', reject);
  });
}

const portOf = ({ protocol, port }: URL) => Number(port || (protocol === 'https:' ? 443 : 80));

/** The host name, without the brackets of an IPv6 address. */
const addressOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '');

const andMore = (count: number) => (count > 0 ? ` and ${count} more` : '');

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? (error as Error).message;
