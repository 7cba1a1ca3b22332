import type { SessionRow } from '../store/tables.ts';

/** One event of a conversation. */
export interface Step {
  readonly type: string;
  readonly sender?: { readonly type: 'contact' | 'ai' | 'agent' | 'system'; readonly name?: string };
  readonly text?: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly attachments?: readonly DemoFile[];
  /** Minutes since the previous step. Default: a random time that is usual for the channel. */
  readonly after?: number;
}

/** A file of a message: hosted elsewhere (`url`, `size` in bytes), or stored by the sandbox (`content`). */
export type DemoFile = { readonly name: string; readonly type: string } & (
  | { readonly url: string; readonly size: number }
  | { readonly content: string }
);

interface StoryHeader {
  readonly channel: string;
  /** Name of a person in `people.ts`. Without it, the session has no contact. */
  readonly who?: string;
  /** Minutes before the time of seeding. */
  readonly began: number;
  readonly sentiment?: SessionRow['sentiment'];
  /** Summary of the handoff. */
  readonly handoff?: string;
  readonly handoffSentiment?: SessionRow['handoff_sentiment'];
  /** Default: `en`. */
  readonly language?: string | null;
  readonly customData?: Readonly<Record<string, string | number | boolean>>;
  /** Name of a team in `teams.ts`. */
  readonly team?: string;
  readonly assignee?: string;
  readonly ticketing?: readonly [name: string, externalId: string, idType: string];
  readonly assist?: boolean;
}

/** One conversation of the demo data. */
export interface Story extends StoryHeader {
  readonly steps: readonly Step[];
  readonly status: SessionRow['status'];
  readonly aiClosure: 'assumed_resolved' | 'resolved' | null;
}

/** Builds a conversation. Plain text is a transcript line: see `line`. The last closing event sets the status. */
export function story(header: StoryHeader, ...transcript: readonly (string | Step)[]): Story {
  const steps = transcript.map((step) => (typeof step === 'string' ? line(step) : step));
  return { ...header, steps, ...outcome(steps) };
}

function outcome(steps: readonly Step[]): Pick<Story, 'status' | 'aiClosure'> {
  for (const { type } of steps.toReversed()) {
    if (type === 'ai_decided_to_resolve_the_issue')
      return { status: 'closed_resolved', aiClosure: 'resolved' };
    if (type === 'ai_assumed_the_session_resolved')
      return { status: 'closed_resolved', aiClosure: 'assumed_resolved' };
    if (type.startsWith('closed_resolved')) return { status: 'closed_resolved', aiClosure: null };
    if (type.startsWith('closed_unresolved')) return { status: 'closed_unresolved', aiClosure: null };
  }
  return { status: 'open', aiClosure: null };
}

const aiSender = { type: 'ai', name: 'Juniper' } as const;

/**
 * Parses a transcript line: `Customer: TEXT`, `AI: TEXT`, `NAME: TEXT` (a human agent), `Note by NAME: TEXT` (an
 * agent's comment that the customer does not see) or `Handoff: SUMMARY`.
 */
export function line(text: string, more?: Pick<Step, 'after' | 'attachments'>): Step {
  const [, speaker = '', said = ''] = /^([^:]+): (.*)$/s.exec(text) ?? [];
  if (speaker === 'Handoff') return mark('handoff', { text: said });
  const [, author] = /^Note by (.*)$/.exec(speaker) ?? [];
  if (author) return { type: 'agent_comment', sender: { type: 'agent', name: author }, text: said };
  return { type: 'message', sender: senderOf(speaker), text: said, ...more };
}

function senderOf(speaker: string): NonNullable<Step['sender']> {
  if (speaker === 'Customer') return { type: 'contact' };
  return speaker === 'AI' ? aiSender : { type: 'agent', name: speaker };
}

/** A system action with its result. Source: assumption `eventWords`. */
export function action(
  name: string,
  input: Readonly<Record<string, unknown>>,
  result: Readonly<Record<string, unknown>>,
): Step {
  return { type: 'action_called', sender: aiSender, context: { action: name, input, result } };
}

/** Any other event; from the system unless `more` names a sender. */
export function mark(type: string, more?: Omit<Step, 'type'>): Step {
  return { type, sender: { type: 'system' }, ...more };
}

/** A file that is hosted outside the sandbox; `size` in bytes. */
export function hosted(name: string, type: string, size: number): DemoFile {
  return { name, type, url: `https://files.example.com/juniper/${name}`, size };
}
