import type { HistoryItem, Session } from '../../contract/entities.ts';
import { mayBeCustomer, partyOf } from '../../contract/history.ts';
import type { Draft, KnownMessage, Scene } from '../../state/outbox/outbox.ts';
import { parseTime } from '../../text/time-format.ts';
import type { Context } from '../context.ts';
import { readSession } from '../reading/read-session.ts';

type Body = Draft['body'];

/** Newest messages read to find out who has written. */
const recentMessages = 20;

/** Characters of the customer's message that are kept with a draft. */
const maxAnsweredCharacters = 2000;

/** A session as it is now, with its newest messages, oldest first. */
export interface ReadScene {
  readonly scene: Scene;
  readonly messages: readonly HistoryItem[];
}

/** Reads the conversation as it is now. */
export async function readScene(sessionId: string, context: Context): Promise<ReadScene> {
  const { session, window } = await readSession(sessionId, recentMessages, context);
  const messages = window?.items ?? [];
  const newest = messages.at(-1);
  const answers = messages.findLast(isCustomers);
  return {
    scene: {
      session,
      newestReached: window?.newestReached ?? false,
      ...(newest && { newest: known(newest) }),
      ...(answers && {
        answers: {
          ...known(answers),
          text: (answers.event.content?.text ?? '').slice(0, maxAnsweredCharacters),
        },
      }),
    },
    messages,
  };
}

/** Whether the customer may have written a message. */
function isCustomers({ event }: HistoryItem): boolean {
  return mayBeCustomer(partyOf(event.sender?.type));
}

function known({ id, created_at: at }: HistoryItem): KnownMessage {
  return id == null ? { at } : { id, at };
}

/** Something about the session that differs from what the draft was written for. Both values are other people's text. */
export interface Difference {
  /** What it is, in our words; custom data also by its key, which is other people's text. */
  readonly what: string;
  readonly key?: string | undefined;
  /** Undefined if it was not set. */
  readonly before: string | undefined;
  readonly now: string | undefined;
}

/** What happened in a conversation since a draft was written. */
export interface Changes {
  readonly differences: readonly Difference[];
  /** Messages since then, oldest first, of at most twenty. */
  readonly newMessages: readonly HistoryItem[];
  /** Whether the newest messages could not be read now, so that there may be more. */
  readonly newestUnknown: boolean;
}

/** Compares the conversation as it is now with the one that a draft was written for. */
export function changesSince(draft: Draft, { scene, messages }: ReadScene): Changes {
  const before = factsOf(draft.scene.session, draft.body);
  const now = factsOf(scene.session, draft.body);
  const names = [...new Set([...before.keys(), ...now.keys()])];
  const differences = names
    .filter((name) => before.get(name)?.value !== now.get(name)?.value)
    .map((name) => {
      const { what, key } = (now.get(name) ?? before.get(name)) as Fact;
      return { what, key, before: before.get(name)?.value, now: now.get(name)?.value };
    });
  const { newest, answers } = draft.scene;
  // Mail that was on its way may get a place before newer messages of others.
  const isNew = new Set([...after(newest, messages), ...after(answers, messages.filter(isCustomers))]);
  return {
    differences,
    newMessages: messages.filter((message) => isNew.has(message)),
    newestUnknown: !scene.newestReached,
  };
}

/** The messages after one that was known. */
function after(known: KnownMessage | undefined, messages: readonly HistoryItem[]): readonly HistoryItem[] {
  const at = messages.findIndex(({ id }) => id != null && id === known?.id);
  if (at >= 0) return messages.slice(at + 1);
  return messages.filter(
    ({ created_at }) => known === undefined || !(parseTime(created_at) <= parseTime(known.at)),
  );
}

export function hasChanged({ differences, newMessages, newestUnknown }: Changes, { scene }: Draft): boolean {
  return differences.length > 0 || newMessages.length > 0 || (newestUnknown && scene.newestReached);
}

interface Fact {
  readonly what: string;
  readonly key: string | undefined;
  readonly value: string;
}

/** What an approval rests on: who the recipient is, who handles the session, and the values that the message replaces. */
function factsOf({ contact, ...session }: Session, body: Body): Map<string, Fact> {
  const facts = new Map<string, Fact>();
  const add = (what: string, value: unknown, key?: string) => {
    if (value == null || value === '') return;
    facts.set(JSON.stringify([what, key]), { what, key, value: String(value) });
  };
  const addAll = (what: string, data: object | null | undefined) => {
    for (const [key, value] of Object.entries(data ?? {})) add(what, value, key);
  };
  add('status', session.status);
  add('channel', session.channel.type);
  add('held by', session.handoff || session.ai_closure_type === 'handed_off' ? 'a human' : 'the AI');
  add('assignee', session.assignee_id);
  add('contact', contact?.id);
  add('verified name', contact?.name);
  add('verified email', contact?.email);
  addAll('verified data', contact?.custom_data);
  add('claimed name', contact?.non_verified_name);
  add('claimed email', contact?.non_verified_email);
  addAll('claimed data', contact?.non_verified_custom_data);
  add('phone number', contact?.phone_number);
  for (const key of Object.keys(body.custom_data ?? {}))
    add('session data', ownValue(session.custom_data, key), key);
  return facts;
}

function ownValue(data: Readonly<Record<string, unknown>> | null | undefined, key: string): unknown {
  return data && Object.hasOwn(data, key) ? data[key] : undefined;
}

/**
 * Hash of what a person sees before deciding about a draft: its message, and the conversation. An approval is valid for
 * that only. The text that the person may put in its place comes with the approval.
 */
export async function digestOf(draft: Draft, scene: Scene): Promise<string> {
  const { number, sessionId, body } = draft;
  // The order of keys does not count.
  const facts = [...factsOf(scene.session, body)].map(([name, { value }]) => [name, value]).sort();
  const { newest, newestReached, answers } = scene;
  // Loaded when it is needed: most servers have no outbox.
  const { createHash } = await import('node:crypto');
  return createHash('sha256')
    .update(JSON.stringify([number, sessionId, body, facts, newest, newestReached, answers?.id, answers?.at]))
    .digest('hex');
}
