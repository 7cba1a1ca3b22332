import type { Context } from '../conversations/context.ts';
import type { OutboxDesk } from '../pipeline/outbox-desk.ts';
import type { Desk } from './desk.ts';
import type { ChangeFeed } from './live/changes.ts';
import type { Reading } from './reading.ts';
import type { Visitor } from './visitor.ts';

/** Who looks at the page with one request, and what they may see and do there. */
export interface Viewer {
  readonly desk: Desk;
  readonly feed: ChangeFeed;
  /** How soon changes show, in words. */
  readonly live: string;
  /** What one request of theirs works with. */
  contextOf(signal: AbortSignal): Context;
  /** Replaces personal data. Absent if they may see it. */
  readonly redact?: Reading['redact'];
  /** Writes as a customer. Only on a sandbox. */
  readonly visitor?: Visitor | undefined;
  /** The drafts that they may see, if there are any. */
  readonly drafts?: OutboxDesk | undefined;
  /** Absent where nobody signs in: then everything is allowed. */
  readonly member?: Member | undefined;
}

/** A person of a team who signed in. */
export interface Member {
  readonly name: string;
  /** Name of the workspace for people. */
  readonly workspace: string;
  readonly role: string;
  /** Whether they decide about drafts. */
  readonly approves: boolean;
  /** Whether their role has this tool. */
  has(tool: string): boolean;
  /** Records that they tried to decide about a draft and may not. */
  refused(): Promise<void>;
  /** Whether they would still be let in. */
  isAdmitted(): boolean;
  /** When they have to sign in again, in milliseconds since 1970. */
  readonly until: number;
}

/** Whoever lets a request in says who the viewer is. */
export type PageEnv = { Variables: { viewer: Viewer } };
