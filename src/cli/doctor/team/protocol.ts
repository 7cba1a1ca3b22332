import type { HttpResponse } from '../../../client/http/transport.ts';
import { clean } from '../../../text/clean.ts';
import type { Finding } from '../findings.ts';
import { isJsonObject, jsonOf, type TeamRequests } from './team-requests.ts';

export const clientInfo = { name: 'opencx-sessions-doctor', version: '1' };

const modern = '2026-07-28';
const legacy = '2025-11-25';

/** What a client of 2026 says about itself in every request. */
const meta = {
  'io.modelcontextprotocol/protocolVersion': modern,
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Asks for the versions of the protocol, and lists the tools in each. */
export async function checkProtocol(requests: TeamRequests, token: string | undefined): Promise<Finding[]> {
  const discovered = await requests.post(
    { method: 'server/discover', params: { _meta: meta } },
    { 'mcp-protocol-version': modern, 'mcp-method': 'server/discover' },
    token,
  );
  const listed = await requests.post(
    { method: 'tools/list', params: { _meta: meta } },
    { 'mcp-protocol-version': modern, 'mcp-method': 'tools/list' },
    token,
  );
  const initialized = await requests.post(
    { method: 'initialize', params: { protocolVersion: legacy, capabilities: {}, clientInfo } },
    {},
    token,
  );
  const listedBefore = await requests.post(
    { method: 'tools/list', params: {} },
    { 'mcp-protocol-version': legacy },
    token,
  );
  return [eraOf(modern, discovered, listed), eraOf(legacy, initialized, listedBefore)];
}

function eraOf(version: string, hello: HttpResponse, list: HttpResponse): Finding {
  const check = `protocol ${version.slice(0, 4)}`;
  const fix =
    'Clients of this version cannot use the server. Is it the newest, and does the proxy pass on all headers?';
  const result = resultOf(hello);
  if (result === undefined) return { check, status: 'failed', detail: problemOf(hello), fix };
  const tools = resultOf(list)?.['tools'];
  if (!Array.isArray(tools)) return { check, status: 'failed', detail: problemOf(list), fix };
  const { supportedVersions, protocolVersion } = result;
  const versions = Array.isArray(supportedVersions)
    ? supportedVersions.map(String)
    : [String(protocolVersion)];
  return { check, status: 'ok', detail: `${clean(versions.join(', '))}; ${tools.length} tools listed` };
}

function resultOf(response: HttpResponse): Readonly<Record<string, unknown>> | undefined {
  const result = response.status === 200 ? jsonOf(response)?.['result'] : undefined;
  return isJsonObject(result) ? result : undefined;
}

function problemOf(response: HttpResponse): string {
  const { error, message } = jsonOf(response) ?? {};
  const reason = isJsonObject(error) ? error['message'] : message;
  return `HTTP ${response.status}${reason === undefined ? '' : `: ${clean(String(reason)).slice(0, 200)}`}`;
}
