import { recordedSendLog } from '../../src/state/recorded-send-log.ts';
import { memoryStore } from '../support/state/memory-store.ts';
import { describeSendLog } from '../support/state/send-log-contract.ts';

describeSendLog('a send log in memory', () => {
  const store = memoryStore();
  return {
    open: (options) => recordedSendLog(store, options),
    breakDown: () => store.breakDown(new Error('connection lost')),
    repair: () => store.breakDown(undefined),
    forget: store.clear,
    close: () => {},
  };
});
