import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { expect, it, onTestFinished } from 'vitest';
import { newPrincipal } from '../../../src/cli/setup/new-principal.ts';
import { offerOf } from '../../../src/mcp/offer.ts';
import { serveEitherEra } from '../../../src/mcp/stdio/eras.ts';
import { createServer } from '../../../src/mcp/v1/server.ts';
import { modernServer } from '../../../src/mcp/v2/stdio.ts';
import { CallsUnderWay } from '../../../src/pipeline/calls-under-way.ts';
import { memoryApprovals } from '../../../src/state/memory/approvals.ts';
import { tools } from '../../../src/tools/index.ts';
import { contextOf } from '../../support/fakes/fakes.ts';

/** A connection on which messages are written by hand. */
async function open() {
  const { client, sendLog } = contextOf({});
  const definition = {
    version: '0.0.0',
    offer: offerOf(tools),
    dependencies: {
      client,
      sendLog,
      allowVerified: false,
      confirmSends: false,
      logger: { info: () => {}, error: () => {} },
    },
    principal: newPrincipal(),
    callsUnderWay: new CallsUnderWay(),
    callTimeoutMs: 5000,
  };
  let loads = 0;
  const [wire, serverSide] = InMemoryTransport.createLinkedPair();
  const server = await serveEitherEra(serverSide, {
    legacy: createServer(definition),
    loadModern: async () => {
      loads += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return modernServer(definition, memoryApprovals());
    },
  });
  onTestFinished(() => server.close());
  await wire.start();
  const waiting = new Map<unknown, (answer: Answer) => void>();
  const order: unknown[] = [];
  wire.onmessage = (message) => {
    const { id } = message as unknown as Answer;
    order.push(id);
    waiting.get(id)?.(message as unknown as Answer);
  };
  let lastId = 0;
  return {
    loads: () => loads,
    order,
    notify: (method: string) => wire.send({ jsonrpc: '2.0', method }),
    request(method: string, params: Record<string, unknown> = {}): Promise<Answer> {
      lastId += 1;
      const id = lastId;
      const answer = new Promise<Answer>((resolve) => waiting.set(id, resolve));
      void wire.send({ jsonrpc: '2.0', id, method, params });
      return answer;
    },
  };
}

interface Answer {
  id: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: results of several methods
  result?: any;
  error?: { code: number; data?: { supported?: string[] } };
}

const modern = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 't', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  },
};
const initialize = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 't', version: '1' },
};

it('the older era loads nothing of the newer one', async () => {
  const { request, notify, loads } = await open();
  expect((await request('initialize', initialize)).result.protocolVersion).toBe('2025-11-25');
  await notify('notifications/initialized');
  expect((await request('tools/list')).result.tools).toHaveLength(tools.length);
  // Once the era is chosen, a version in a request changes nothing.
  expect((await request('tools/list', modern)).result.resultType).toBeUndefined();
  expect(loads()).toBe(0);
});

it('the newer era opens with a probe, or with any request that names its version', async () => {
  const probed = await open();
  const { result } = await probed.request('server/discover', modern);
  expect(result.supportedVersions).toEqual(['2026-07-28']);
  expect(result.instructions).toContain('Support sessions');
  const direct = await open();
  for (const { request, loads } of [probed, direct]) {
    expect((await request('tools/list', modern)).result.resultType).toBe('complete');
    expect(loads()).toBe(1);
  }
});

it('messages that arrive while the newer era loads are answered in their order', async () => {
  const { request, order } = await open();
  await Promise.all([
    request('server/discover', modern),
    request('tools/list', modern),
    request('prompts/list', modern),
  ]);
  expect(order).toEqual([1, 2, 3]);
});

it.each([
  ['with its version', modern],
  ['without one', {}],
])('a client that probes %s may still choose the older era', async (_, params) => {
  const { request, notify } = await open();
  await request('server/discover', params);
  await notify('notifications/cancelled');
  expect((await request('initialize', initialize)).result.protocolVersion).toBe('2025-11-25');
  expect((await request('tools/list')).result.tools).toHaveLength(tools.length);
});

it('a probe without a version is told which versions there are', async () => {
  const { request } = await open();
  const { error } = await request('server/discover');
  expect(error).toMatchObject({ code: -32022, data: { supported: ['2026-07-28'] } });
});

it('after a request of the newer era, there is no way back', async () => {
  const { request } = await open();
  await request('tools/list', modern);
  expect((await request('initialize', initialize)).error?.code).toBe(-32022);
});
