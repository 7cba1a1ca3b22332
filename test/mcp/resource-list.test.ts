import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { newPrincipal } from '../../src/cli/setup/new-principal.ts';
import type { SessionsClient } from '../../src/client/client.ts';
import { ConnectionError, TimeoutError } from '../../src/client/errors.ts';
import { offerOf } from '../../src/mcp/offer.ts';
import { createServer } from '../../src/mcp/v1/server.ts';
import { CallsUnderWay } from '../../src/pipeline/calls-under-way.ts';
import { tools } from '../../src/tools/index.ts';
import { contextOf } from '../support/fakes.ts';

async function* pagesAfter(failure: Promise<never>) {
  yield await failure;
}

/** A connected client of a server whose API lists sessions in this way. */
async function connect(sessionPages: SessionsClient['sessionPages']): Promise<Client> {
  const server = createServer({
    version: '0.0.0',
    offer: offerOf(tools),
    dependencies: {
      client: contextOf({ sessionPages, clockOffset: () => undefined }).client,
      sendLog: contextOf({}).sendLog,
      allowVerified: false,
      confirmSends: false,
      logger: { info: () => {}, error: () => {} },
    },
    principal: newPrincipal(),
    callsUnderWay: new CallsUnderWay(),
    callTimeoutMs: 50_000,
  });
  const client = new Client({ name: 'test', version: '0.0.0' });
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(serverSide), client.connect(clientSide)]);
  onTestFinished(() => client.close());
  return client;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('the list of resources', () => {
  it('is empty after five seconds if the API is silent', async () => {
    const client = await connect((_, { signal } = {}) =>
      pagesAfter(
        new Promise((_, reject) => {
          const end = () => reject(new TimeoutError('Late.', { mayHaveArrived: true }));
          signal?.addEventListener('abort', end);
        }),
      ),
    );
    vi.useFakeTimers();
    const listed = client.listResources();
    await vi.advanceTimersByTimeAsync(5000);
    expect(await listed).toEqual({ resources: [] });
  });

  it('is an error with its reason if the API cannot be reached', async () => {
    const error = new ConnectionError('The API could not be reached.', { mayHaveArrived: false });
    const client = await connect(() => pagesAfter(Promise.reject(error)));
    await expect(client.listResources()).rejects.toThrow('The API could not be reached.');
  });
});
