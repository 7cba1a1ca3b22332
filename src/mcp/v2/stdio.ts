import { randomBytes } from 'node:crypto';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type ServeStdioOptions, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Approvals } from '../../state/approvals.ts';
import type { DefinitionOptions } from '../definition.ts';
import type { ConnectableServer } from '../stdio/eras.ts';
import { RawArguments } from '../v1/raw-arguments.ts';
import { sendApproval } from './send-approval.ts';
import { mountServer } from './server.ts';

/** The server of version 2026-07-28 for one connection on stdio. */
export function modernServer(definition: DefinitionOptions, approvals: Approvals): ConnectableServer {
  const approval = sendApproval(randomBytes(32), approvals);
  const rawArguments = new RawArguments();
  const mount = {
    ...definition,
    // There is one principal: whoever started the process.
    principalId: 'stdio',
    approval,
    door: { transport: 'stdio' } as const,
    takeArguments: (id: string | number) => rawArguments.take(id),
  };
  let handle: { close(): Promise<void> } | undefined;
  return {
    async connect(transport: Transport) {
      // The two generations of the SDK name the types of the same messages differently.
      const options = { transport, legacy: 'reject' } as unknown as ServeStdioOptions;
      handle = serveStdio(() => mountServer(mount, 'modern'), options);
      rawArguments.readFrom(transport);
    },
    close: async () => handle?.close(),
  };
}
