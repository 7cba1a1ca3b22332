// Each by its own path: the bundle would otherwise take in what checks tokens.
import { JOSEError } from 'jose/errors';
import { jwtDecrypt } from 'jose/jwt/decrypt';
import { EncryptJWT } from 'jose/jwt/encrypt';
import { z } from '../../../contract/zod.ts';
import { attemptSeconds, sessionSeconds } from '../../../inbox/team/app.ts';
import { type Clock, systemClock } from '../../../time/clock.ts';

/** A sign-in under way. The browser keeps it until the provider sends it back. */
const Attempt = z
  .object({
    workspace: z.string(),
    /** Where the page is. */
    home: z.string(),
    state: z.string(),
    nonce: z.string(),
    verifier: z.string(),
  })
  .strip();

/** Somebody who signed in, as the provider described them then. What they may do follows from the team file. */
const Session = z
  .object({
    workspace: z.string(),
    issuer: z.string(),
    subject: z.string(),
    /** For people. */
    name: z.string(),
    scopes: z.array(z.string()),
    /** Of their claims those that matter. */
    claims: z.record(z.array(z.string())),
  })
  .strip();

export type Attempt = z.output<typeof Attempt>;
export type Session = z.output<typeof Session>;

export interface Sealing {
  sealAttempt(attempt: Attempt): Promise<string>;
  /** @returns undefined if it is not one of ours, or too old. */
  openAttempt(sealed: string): Promise<Attempt | undefined>;
  sealSession(session: Session): Promise<string>;
  /** @returns undefined if it is not one of ours, or has ended. `until` is in milliseconds since 1970. */
  openSession(sealed: string): Promise<(Session & { readonly until: number }) | undefined>;
}

const algorithms = { alg: 'dir', enc: 'A256GCM' } as const;

/**
 * Encrypts what a browser keeps for this server, so that no store is needed and every replica can read it.
 * @param key of 32 bytes, which all replicas share.
 */
export function sealingWith(key: Uint8Array, clock: Clock = systemClock): Sealing {
  const now = () => new Date(clock.now());
  /** The audience keeps one kind from being used as the other. */
  const seal = (content: object, kind: string, seconds: number) =>
    new EncryptJWT({ content })
      .setProtectedHeader(algorithms)
      .setAudience(kind)
      .setExpirationTime(new Date(clock.now() + seconds * 1000))
      .encrypt(key);
  async function open<Schema extends z.ZodTypeAny>(sealed: string, kind: string, schema: Schema) {
    try {
      const { payload } = await jwtDecrypt(sealed, key, {
        keyManagementAlgorithms: [algorithms.alg],
        contentEncryptionAlgorithms: [algorithms.enc],
        audience: kind,
        requiredClaims: ['exp'],
        currentDate: now(),
      });
      return {
        content: schema.parse(payload['content']) as z.output<Schema>,
        until: (payload.exp ?? 0) * 1000,
      };
    } catch (error) {
      // Tampered, old, or of an earlier version of this program.
      if (error instanceof JOSEError || error instanceof z.ZodError) return undefined;
      throw error;
    }
  }
  return {
    sealAttempt: (attempt) => seal(attempt, 'attempt', attemptSeconds),
    openAttempt: async (sealed) => (await open(sealed, 'attempt', Attempt))?.content,
    sealSession: (session) => seal(session, 'session', sessionSeconds),
    async openSession(sealed) {
      const opened = await open(sealed, 'session', Session);
      return opened && { ...opened.content, until: opened.until };
    },
  };
}
