import { join } from 'node:path';
import { accountScope } from '../../state/account-scope.ts';
import { fileDrafts } from '../../state/files/outbox.ts';
import { openSendLog } from '../../state/files/send-log.ts';
import { memoryOutbox } from '../../state/memory/outbox.ts';
import { storedOutbox } from '../../state/outbox/draft-store.ts';
import type { Outbox } from '../../state/outbox/outbox.ts';
import type { SendLog } from '../../state/send-log.ts';
import type { Logger } from '../setup/logger.ts';

/** What approving a draft needs, shared with every server of this account on this machine. */
export function openPageState(
  folder: string,
  account: string,
  isMemory: boolean,
  logger: Logger,
): { readonly sendLog: () => Promise<SendLog>; readonly outbox: Outbox } {
  const onLost = (err: Error) => logger.error({ err }, 'outcome not recorded');
  return {
    sendLog: async () => openSendLog(join(folder, 'sends'), { account, onLost }),
    // The sandbox ends with this process, and its drafts with it.
    outbox: isMemory
      ? memoryOutbox()
      : storedOutbox(fileDrafts(join(folder, 'outbox', accountScope(account)))),
  };
}
