import '../../../src/mcp/zod-config.ts';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { ClientCapabilities } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished } from 'vitest';
import { openServer } from '../../../src/cli/commands/serve.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { serveEitherEra } from '../../../src/mcp/stdio/eras.ts';
import { callingTools, type Session, type Start } from './program.ts';
import { keepingListeners } from './run-here.ts';
import { schemaValidator } from './schema-validator.ts';

export interface StartHere extends Start {
  /** What the client can do. */
  capabilities?: ClientCapabilities;
}

/**
 * Connects like `connect` to the server that the arguments and variables name, but in this process, which takes a tenth of
 * the time. Ends with the test.
 */
export async function connectHere({
  args = [],
  env = {},
  extensions,
  capabilities = extensions === undefined ? {} : { extensions },
}: StartHere): Promise<Pick<Session, 'client' | 'call'>> {
  const all = {
    OPENCX_STATE_DIR: mkdtempSync(join(tmpdir(), 'opencx-state-')),
    OPENCX_LOG_LEVEL: 'silent',
    ...env,
  };
  const [clientSide, wire] = InMemoryTransport.createLinkedPair();
  await keepingListeners(() =>
    runProgram(args, all, '0.0.0', async (settings, environment, version) => {
      const server = await openServer(settings, environment, version, []);
      const served = await serveEitherEra(wire, server.eras);
      onTestFinished(async () => {
        await served.close();
        await server.release();
      });
    }),
  );
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    { capabilities, jsonSchemaValidator: schemaValidator },
  );
  await client.connect(clientSide);
  return { client, call: callingTools(client) };
}
