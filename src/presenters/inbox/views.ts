/**
 * What the inbox page reads, as JSON. These are types without imports, because the page's code runs in a browser and
 * shares nothing else with this program. Every string of other people in them is clean, and still theirs: the page shows
 * it as text.
 */

/** Words and numbers that a customer or an integrator has stored. */
interface CustomData {
  readonly custom_data?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Keys that are not shown. */
  readonly custom_data_left_out?: number | undefined;
}

export interface Identity extends CustomData {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/** The last words of a session. */
export interface LastWords {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** contact, ai, agent, system, or an unknown sender and what it calls itself. */
  readonly from: string;
  readonly name?: string | undefined;
  readonly text?: string | undefined;
  /** How many files came with it. */
  readonly attachments?: number | undefined;
}

/** One line of the list. */
export interface InboxRow {
  readonly id: string;
  readonly ticket_number?: number | undefined;
  readonly status: string;
  readonly channel: string;
  /** Who answers the customer. */
  readonly handled_by: 'ai' | 'human';
  readonly sentiment?: string | undefined;
  /** The verified name and email; or, with `claimed`, what the customer says. */
  readonly contact?:
    | {
        readonly name?: string | undefined;
        readonly email?: string | undefined;
        readonly claimed?: true | undefined;
        /** The API returned a contact that could not be read. */
        readonly unreadable?: true | undefined;
      }
    | undefined;
  readonly created_at: string;
  readonly updated_at: string;
  /** Absent if there are no messages yet, or if they are not known. */
  readonly last?: LastWords | undefined;
  /** Whether the customer wrote last and the session is open. Absent if not known. */
  readonly waiting?: boolean | undefined;
  /** When the customer first wrote after the last answer. Absent if that is the last message. */
  readonly waiting_since?: string | undefined;
  /** Why the last words are not known. */
  readonly last_unknown?: string | undefined;
}

export interface InboxPage {
  readonly sessions: readonly InboxRow[];
  /** Continues the list; absent at its end. */
  readonly next_cursor?: string | undefined;
  /** What could not be read. */
  readonly note?: string | undefined;
}

export interface InboxFile {
  /** For reading it. */
  readonly id: string;
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  /** Bytes. */
  readonly size?: number | undefined;
}

/** A message or, if `event` is set, something else that happened. */
export interface InboxEntry {
  readonly id?: string | undefined;
  readonly at: string;
  readonly from: string;
  readonly name?: string | undefined;
  readonly claimed_name?: string | undefined;
  readonly event?: string | undefined;
  /** The customer does not see it. */
  readonly internal?: true | undefined;
  readonly text?: string | undefined;
  /** Characters left out: too long, hidden from readers, or markup that could not be read safely. */
  readonly cut_chars?: number | undefined;
  /** Of earlier mail that the session has anyway. */
  readonly quoted_chars_left_out?: number | undefined;
  readonly hidden_chars?: number | undefined;
  readonly unsafe_chars?: number | undefined;
  readonly files?: readonly InboxFile[] | undefined;
  readonly files_left_out?: number | undefined;
}

export interface InboxSession extends CustomData {
  readonly id: string;
  readonly ticket_number?: number | undefined;
  readonly status: string;
  readonly channel: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly language?: string | undefined;
  readonly sentiment?: string | undefined;
  readonly assignee_id?: string | undefined;
  readonly team?: string | undefined;
  readonly summary?: string | undefined;
  readonly handoff?: { readonly summary: string } | undefined;
  readonly contact?:
    | {
        readonly verified?: Identity | undefined;
        readonly unverified?: Identity | undefined;
        readonly phone_number?: string | undefined;
      }
    | undefined;
}

export interface InboxTranscript {
  readonly session: InboxSession;
  readonly row: InboxRow;
  /** In reading order. */
  readonly entries: readonly InboxEntry[];
  /** Reads the entries before these; absent if there are none. */
  readonly before?: string | undefined;
  readonly note?: string | undefined;
}

/** What this page can do here. */
export interface InboxDesk {
  /** Whether it shows a sandbox, on which the visitor may write as the customer. */
  readonly sandbox: boolean;
  /** How soon changes show, in words. */
  readonly live: string;
  /** Whether messages can wait here for a person. */
  readonly drafts: boolean;
  /** Whether whoever looks decides about them. */
  readonly approves: boolean;
  /** Who signed in; absent where nobody does. */
  readonly member?: { readonly name: string; readonly workspace: string; readonly role: string } | undefined;
}

/** What a stream of changes says: what to read again. */
export type InboxChange =
  | { readonly sessions: readonly string[] }
  | { readonly drafts: true }
  | { readonly everything: true };

export interface InboxProblem {
  /** One word, such as `not_found`. */
  readonly error: string;
  /** For people. */
  readonly message: string;
}

/** A message that waits for a person, or what became of it. */
export interface InboxDraft {
  readonly number: number;
  readonly session_id: string;
  readonly ticket_number?: number | undefined;
  /** waiting, approved (being sent), sent, unknown (it may or may not be in the session), rejected or expired. */
  readonly state: string;
  /** Whom it goes to. */
  readonly contact?: InboxRow['contact'];
  /** The whole text: the final one, if it was decided. */
  readonly text: string;
  /** What else it does and whom it speaks for, one line each. */
  readonly facts: readonly string[];
  /** The customer's message that it answers. */
  readonly answers?: { readonly at: string; readonly text: string } | undefined;
  /** Who wrote it. */
  readonly author?: string | undefined;
  readonly created_at: string;
  readonly expires_at: string;
  readonly decision?:
    | {
        readonly by: string;
        readonly at: string;
        readonly reason?: string | undefined;
        readonly edited?: true | undefined;
      }
    | undefined;
  /** Why it was not sent although it was approved. */
  readonly problem?: string | undefined;
}

/** A draft, and what happened in the conversation since it was written. */
export interface InboxReview {
  readonly draft: InboxDraft;
  /** Of what the person is shown. Goes with an approval. */
  readonly digest: string;
  /** What differs, one line each, and whether the newest messages could not be read. Empty if nothing does. */
  readonly changes: readonly string[];
  /** What was written since then. */
  readonly new_messages: readonly InboxEntry[];
}

/** What came of a decision. */
export interface InboxDecision {
  /**
   * sent, found (it is there, although its answer was lost), rejected, unknown, not_sent, changed (see `review`, and decide
   * again), decided (somebody else was faster, or it has expired), missing or failed.
   */
  readonly outcome: string;
  readonly draft?: InboxDraft | undefined;
  readonly review?: InboxReview | undefined;
  /** What went wrong, in sentences. */
  readonly problem?: string | undefined;
}
