import type { Approvals } from './approvals.ts';
import type { AttemptStore } from './attempts/attempt-store.ts';
import type { Audit } from './audit.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { LastReadMarks } from './principal/last-read.ts';
import type { TeamRateLimiter } from './rate-limiter.ts';

/** What several replicas share of one PostgreSQL database. It connects when it is first used. */
export interface PostgresState {
  /**
   * The attempts of one scope, for `recordedSendLog`. Attempts of two scopes never meet, so give all that sends with one
   * API key the same scope: `accountScope`.
   */
  attempts(scope: string): AttemptStore;
  /** The approvals of one scope that were used. */
  approvals(scope: string): Approvals;
  /** The drafts of one scope that wait for a person. */
  outbox(scope: string): Outbox;
  /**
   * A random key of 32 bytes, the same for all replicas.
   * @throws StateError while the database cannot be used.
   */
  signingKey(name: string): Promise<Uint8Array>;
  /** The audit log of one scope: one chain, whoever writes to it. */
  audit(scope: string): Audit;
  /**
   * Connects, and creates or updates the tables if that is needed.
   * @throws StateError while the database cannot be used; the message says why and holds no password.
   */
  ready(): Promise<void>;
  /** As `ready`, but changes nothing: it only finds out whether the tables can be used, or created. */
  check(): Promise<void>;
  /** Ends all connections when their work is done. */
  close(): Promise<void>;
}

/** What several replicas share of one Redis. Nothing that is kept there is needed to be right, only to be good. */
export interface RedisState {
  /**
   * The budget of an API key, shared by all replicas. While Redis is away, each replica takes its share.
   * @param account address and key of the API. Only its hash leaves the process.
   */
  rateLimiter(account: string, perMinute: number): TeamRateLimiter;
  /** The marks of one principal: its workspace, issuer and subject, as one string. While Redis is away, those of this process. */
  lastRead(principal: string): LastReadMarks;
  /** How many servers said lately that they use the same Redis; undefined while that is not known. */
  servers(): number | undefined;
  /** @throws StateError while Redis does not answer. */
  ready(): Promise<void>;
  /** Ends the connection. */
  close(): Promise<void>;
}
