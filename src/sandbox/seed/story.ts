import type { SessionRow } from '../store/tables.ts';

/** One thing that happens in a conversation. */
export interface Step {
  readonly type: string;
  readonly sender?: { readonly type: 'contact' | 'ai' | 'agent' | 'system'; readonly name?: string };
  readonly text?: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly attachments?: readonly DemoFile[];
  /** Minutes since the step before; by the habit of the channel when absent. */
  readonly after?: number;
}

/** A file of a message: elsewhere (`url`, `size` in bytes), or kept by the sandbox (`content`). */
export type DemoFile = { readonly name: string; readonly type: string } & (
  | { readonly url: string; readonly size: number }
  | { readonly content: string }
);

/** One conversation of the demo data. */
export interface Story {
  readonly channel: string;
  /** Name of the person in `people.ts`; absent: the session has no contact. */
  readonly who?: string;
  /** Minutes before the time of seeding. */
  readonly began: number;
  readonly steps: readonly Step[];
  readonly status?: SessionRow['status'];
  readonly aiClosure?: 'assumed_resolved' | 'resolved';
  readonly sentiment?: 'angry' | 'happy' | 'neutral';
  readonly handoff?: { readonly summary: string; readonly sentiment?: 'angry' | 'happy' | 'neutral' };
  readonly language?: string;
  readonly customData?: Readonly<Record<string, string | number | boolean>>;
  /** Name of the team in `people.ts`. */
  readonly team?: string;
  readonly assignee?: string;
  readonly ticketing?: readonly [name: string, externalId: string, idType: string];
  readonly assist?: boolean;
}

type More = Pick<Step, 'after' | 'attachments' | 'context'>;

const message = (sender: NonNullable<Step['sender']>, text: string, more?: More): Step => ({
  type: 'message',
  sender,
  text,
  ...more,
});

/** The customer writes; the name is the contact's. */
export const customer = (text: string, more?: More): Step => message({ type: 'contact' }, text, more);
/** The AI agent writes. */
export const ai = (text: string, more?: More): Step => message({ type: 'ai', name: 'Juniper' }, text, more);
/** A human agent writes. */
export const agent = (name: string, text: string, more?: More): Step =>
  message({ type: 'agent', name }, text, more);

/**
 * A system action with its result. "action_called" is an assumption: the overview says that actions and their
 * responses belong to a session, but no public word names the event.
 */
export const action = (
  name: string,
  input: Readonly<Record<string, unknown>>,
  result: Readonly<Record<string, unknown>>,
): Step => ({
  type: 'action_called',
  sender: { type: 'ai', name: 'Juniper' },
  context: { action: name, input, result },
});

/** Any other mark in the history. Source of the words: facts, "History". */
export const mark = (type: string, more?: Omit<Step, 'type'>): Step => ({
  type,
  sender: { type: 'system' },
  ...more,
});

/** The AI hands over to a person; the summary stands in the session as well. */
export const handedOff = (summary: string): Step => mark('handoff', { text: summary });
/** An agent's note that the customer does not see. */
export const note = (name: string, text: string): Step => ({
  type: 'agent_comment',
  sender: { type: 'agent', name },
  text,
});
