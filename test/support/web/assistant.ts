import { onTestFinished } from 'vitest';
import { plainDoor } from '../doors/plain-door.ts';
import { clientOf } from '../sandbox/in-process.ts';
import type { RunningInbox } from './inbox.ts';

/** An assistant whose messages wait for a person. */
export function assistantOf({ sandbox, sendLog, outbox }: RunningInbox) {
  const client = clientOf(sandbox);
  onTestFinished(() => client.close());
  const logger = { info() {}, error() {} };
  const call = plainDoor({ client, sendLog, outbox, allowVerified: true, confirmSends: false, logger });
  return {
    async answer(session_id: string, text: string) {
      const outcome = await call('send_message', { session_id, sender: 'agent', text });
      if (outcome.kind !== 'answer') throw new Error(outcome.text);
      return outcome.view as { outcome: string; draft: { number: number } };
    },
    async tells(session_id: string) {
      return (await call('get_session', { session_id, history_limit: 10 })).text;
    },
  };
}
