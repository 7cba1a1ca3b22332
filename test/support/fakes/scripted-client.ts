import { afterEach, beforeEach } from 'vitest';
import { createClient, type SessionsClient } from '../../../src/client/client.ts';
import { startUpstream, type Upstream } from './http-server.ts';

/** Gives each test of a file an API that answers from a script, and a client of it. */
export function scriptedClient(): { readonly upstream: Upstream; readonly client: SessionsClient } {
  let upstream: Upstream;
  let client: SessionsClient;
  beforeEach(async () => {
    upstream = await startUpstream();
    client = createClient({ apiKey: 'k', baseUrl: upstream.url });
  });
  afterEach(async () => {
    await client.close();
    await upstream.close();
  });
  return {
    get upstream() {
      return upstream;
    },
    get client() {
      return client;
    },
  };
}
