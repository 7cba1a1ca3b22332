import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernHttpTransport,
} from '@modelcontextprotocol/client';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished } from 'vitest';
import { newPrincipal } from '../../../src/cli/setup/new-principal.ts';
import { offerOf } from '../../../src/mcp/offer.ts';
import { serveEitherEra } from '../../../src/mcp/stdio/eras.ts';
import { createServer } from '../../../src/mcp/v1/server.ts';
import { modernServer } from '../../../src/mcp/v2/stdio.ts';
import type { CallDependencies } from '../../../src/pipeline/call.ts';
import { CallsUnderWay } from '../../../src/pipeline/calls-under-way.ts';
import { memoryApprovals } from '../../../src/state/memory/approvals.ts';
import type { Outbox } from '../../../src/state/outbox/outbox.ts';
import { tools } from '../../../src/tools/index.ts';
import { compilingOnce, schemaValidator } from '../program/schema-validator.ts';
import { roleOf, teamApp, url, workspaceOf } from './team.ts';

/** Every way in: the transport, the version of the protocol, and the generation of the client's SDK. */
export const doors = [
  'stdio 2025-11-25, v1 client',
  'stdio 2025-11-25, v2 client',
  'stdio 2026-07-28, v2 client',
  'http 2025-11-25, v1 client',
  'http 2025-11-25, v2 client',
  'http 2026-07-28, v2 client',
] as const;
export type Door = (typeof doors)[number];

/** How the person at the client answers. */
type Person = (question: string) => 'accept' | 'decline' | 'cancel';

export interface ConnectOptions {
  readonly dependencies: Pick<CallDependencies, 'client' | 'sendLog'>;
  readonly confirmSends?: boolean;
  /** Where messages wait for a person. */
  readonly outbox?: Outbox;
  /** Without one, the client cannot ask. */
  readonly person?: Person | undefined;
  /** What the client declares beyond the protocol. */
  readonly extensions?: Record<string, object> | undefined;
  /** Reads the card; without it, none is offered. */
  readonly readCard?: (() => Promise<string>) | undefined;
}

/** Connects a client through a door. Both generations of clients have the methods that the tests use. */
export async function connectThrough(door: Door, options: ConnectOptions): Promise<ModernClient> {
  const client = door.endsWith('v1 client') ? olderClient(options) : newerClient(door, options);
  const http = door.startsWith('http');
  const transport = http ? httpTransport(door, options) : await stdioTransport(options);
  await client.connect(transport as never);
  onTestFinished(() => client.close());
  return client as ModernClient;
}

const info = { name: 'test', version: '1.0.0' };

const newerValidator = compilingOnce(new AjvJsonSchemaValidator());

const capabilitiesOf = ({ person, extensions }: ConnectOptions) =>
  ({ ...(person && { elicitation: { form: {} } }), ...(extensions && { extensions }) }) as object;

function newerClient(door: Door, options: ConnectOptions): ModernClient {
  const { person } = options;
  const mode = door.includes('2026-07-28') ? { pin: '2026-07-28' } : ('legacy' as const);
  const client = new ModernClient(info, {
    capabilities: capabilitiesOf(options),
    versionNegotiation: { mode },
    jsonSchemaValidator: newerValidator,
  });
  if (person)
    client.setRequestHandler('elicitation/create', async ({ params }) => ({
      action: person(params.message ?? ''),
      content: {},
    }));
  return client;
}

function olderClient(options: ConnectOptions): Client {
  const { person } = options;
  const client = new Client(info, {
    capabilities: capabilitiesOf(options),
    jsonSchemaValidator: schemaValidator,
  });
  if (person)
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => ({ action: person(params.message) }));
  return client;
}

function httpTransport(door: Door, { dependencies, readCard, confirmSends = false, outbox }: ConnectOptions) {
  const offer = offerOf(tools, { readCard });
  const usesOutbox = outbox !== undefined;
  const role = roleOf('member', { offer, confirmSends, allowVerified: true, usesOutbox });
  const workspace = { ...workspaceOf('acme', dependencies), outbox };
  const app = teamApp([{ token: 'secret', workspace, role }]);
  const transportOptions = {
    fetch: app.fetch,
    requestInit: { headers: { Authorization: 'Bearer secret' } },
  };
  const address = new URL(`${url}/mcp`);
  return door.endsWith('v1 client')
    ? new StreamableHTTPClientTransport(address, transportOptions)
    : new ModernHttpTransport(address, transportOptions);
}

async function stdioTransport({ dependencies, readCard, confirmSends = false, outbox }: ConnectOptions) {
  const definition = {
    version: '0.0.0',
    offer: offerOf(tools, { readCard }),
    dependencies: {
      ...dependencies,
      allowVerified: true,
      confirmSends,
      outbox,
      logger: { info: () => {}, error: () => {} },
    },
    principal: newPrincipal(),
    callsUnderWay: new CallsUnderWay(),
    callTimeoutMs: 10_000,
  };
  const [clientSide, wire] = InMemoryTransport.createLinkedPair();
  const served = await serveEitherEra(wire, {
    legacy: createServer(definition),
    loadModern: async () => modernServer(definition, memoryApprovals()),
  });
  onTestFinished(() => served.close());
  return clientSide;
}
