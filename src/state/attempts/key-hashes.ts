import type { IdempotencyKey } from '../send-log.ts';
import { digest } from './attempt-store.ts';

/** What the record keeps instead of texts and recipients. Hashes of different accounts differ. */
export function keyHashes(account: string) {
  return {
    /** Names the attempts of a write. */
    ofKey: ({ kind, sessionId, content }: IdempotencyKey) => digest([account, kind, sessionId, content]),
    /** What an attempt changes besides, by name: equal writes with other effects are told apart. */
    ofEffects: ({ effects }: IdempotencyKey) =>
      Object.fromEntries(
        Object.entries(effects)
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => [name, digest([account, name, value])]),
      ),
  };
}
