import type { Mood } from '../service/sentiment.ts';
import type { HandOffReason } from '../service/writing/hand-off.ts';

/**
 * What the AI is told of a session. No custom data: the documents keep that from it unless an operator allows it.
 * Source: facts, "Lifecycle".
 */
export interface Conversation {
  /** The latest messages in reading order, as plain text without what a mail quotes; the last is the one to answer. */
  readonly messages: readonly { readonly from: 'contact' | 'ai' | 'agent'; readonly text: string }[];
  /** The mood of the message to answer. */
  readonly mood: Mood;
}

/** What the AI does about a message. */
export interface Turn {
  /** What it looked up or did first, with its outcome: stands in the history. */
  readonly action?: Action;
  /** Plain text; paragraphs are parted by an empty line. */
  readonly reply: string;
  /** What becomes of the session: resolved, or handed off, and why; it stays as it is when absent. */
  readonly outcome?: 'resolve' | { readonly handOff: string; readonly reason?: HandOffReason };
}

export interface Action {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>>;
}

/**
 * Decides what to answer. It runs inside the write that keeps the answer, perhaps more than once: it must only
 * think, and give the same for the same.
 */
export type Autopilot = (conversation: Conversation) => Turn;
