import { recordedSendLog, type SendLogOptions } from '../attempts/recorded-send-log.ts';
import type { SendLog } from '../send-log.ts';
import { fileStore } from './send-attempts.ts';

/** Opens the send log in a folder, which is created by the first use. */
export function openSendLog(folder: string, options: SendLogOptions): SendLog {
  return recordedSendLog(fileStore(folder, options.clock), options);
}
