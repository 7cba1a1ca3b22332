import type { SendMessageBody } from '../../client/client.ts';
import type { Session } from '../../contract/entities.ts';

/** A message of the conversation, as it was when a draft was written. */
export interface KnownMessage {
  readonly id?: string | undefined;
  /** `created_at` of the API. */
  readonly at: string;
}

/** The conversation that a draft was written for, as it was then. What differs when it is approved is shown first. */
export interface Scene {
  readonly session: Session;
  /** Whether the newest messages could be read. */
  readonly newestReached: boolean;
  /** The newest message, whoever wrote it. Absent if there was none. */
  readonly newest?: KnownMessage | undefined;
  /** The customer's newest message, which the draft answers, with the beginning of its text. */
  readonly answers?: (KnownMessage & { readonly text: string }) | undefined;
  /** Why the draft may not fit the conversation. */
  readonly warning?: 'newest_unknown' | 'not_read' | 'written_since' | undefined;
}

/** Who wrote a draft. */
export interface Author {
  /** Identifies the person if the server knows several. Only they are told what became of the draft. */
  readonly person?: string | undefined;
  /** Their name for people: of a token, or the subject that an identity provider gives. */
  readonly name?: string | undefined;
  /** Their workspace, if the server has any. What becomes of the draft belongs to its audit log. */
  readonly workspace?: string | undefined;
  /** The program that the draft came from, as it names itself. */
  readonly client?: string | undefined;
}

/** What a person decided, and when. */
export interface Decision {
  /** Tells two approvals of the same draft apart. */
  readonly id: string;
  /** Who decided, in words for people. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The text in place of the draft's, if the person changed it. */
  readonly text?: string | undefined;
  /** Why the draft was rejected. */
  readonly reason?: string | undefined;
  /** When the process that sends it has certainly given up, in milliseconds since 1970. Only of an approval. */
  readonly until?: number | undefined;
  /** The attempt in the send log, as soon as the message may have left. */
  readonly attempt?: string | undefined;
}

/** What is known of a draft when it is written. */
export interface NewDraft {
  readonly sessionId: string;
  /** The request as it leaves, except for a text that a person changes. The send log makes its key from it. */
  readonly body: SendMessageBody;
  readonly allowDuplicate: boolean;
  readonly scene: Scene;
  readonly author: Author;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** After this it cannot be approved any more, in milliseconds since 1970. */
  readonly expires: number;
}

/** A message that waits for a person's decision, or what became of it. */
export interface Draft extends NewDraft {
  /** From 1 on. People and models name a draft by it. */
  readonly number: number;
  /** From 1 on. It rises with each change. */
  readonly revision: number;
  /**
   * What was recorded last. `approved`: a person approved it, and nothing has left. `sending`: it may have left from now on.
   * Use `stateOf` to read it, which also knows about time.
   */
  readonly state: 'waiting' | 'approved' | 'sending' | 'sent' | 'unknown' | 'rejected';
  /** The latest decision. One that led to nothing stays until the next one. */
  readonly decision?: Decision | undefined;
  /** The API's id of the message that was sent. */
  readonly messageId?: string | undefined;
  /** Why it was not sent although it was approved. It waits again. */
  readonly problem?: string | undefined;
}

/** Which revision of a draft is the latest one. */
export type DraftRevision = Pick<Draft, 'number' | 'revision'>;

/** What a change of a draft replaces. */
export type DraftChange = Partial<Pick<Draft, 'state' | 'decision' | 'messageId' | 'problem'>>;

/**
 * The messages of one account that wait for a person, and those that did within the last days. Every process that uses
 * the same place shares them. Every method throws an OutboxError when the place cannot be used.
 */
export interface Outbox {
  /** Stores a new draft, which waits. It is durable when this returns. */
  add(draft: NewDraft): Promise<Draft>;
  /** Undefined if there is no such draft, or not any more, or it cannot be read. */
  get(number: number): Promise<Draft | undefined>;
  /** The drafts of one session or of all, newest first. One that cannot be read is left out. */
  list(sessionId?: string): Promise<Draft[]>;
  /** The latest revision of each draft, newest draft first. It reads no drafts, so it may be asked often. */
  revisions(): Promise<DraftRevision[]>;
  /**
   * Changes a draft if nobody changed it since it was read. Of several that try at once, one succeeds. It is durable when
   * this returns.
   * @returns the changed draft; undefined if somebody was faster.
   */
  change(draft: Draft, change: DraftChange): Promise<Draft | undefined>;
}
