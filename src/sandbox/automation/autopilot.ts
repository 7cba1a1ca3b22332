import type { Sentiment } from '../service/sentiment.ts';
import type { HandOffReason } from '../service/writing/hand-off.ts';

/**
 * What the AI sees of a session. Custom data is left out: by default OpenCX does not show it to the AI.
 * Source: docs.open.cx/safety/ai-context.
 */
export interface Conversation {
  /** The latest messages, oldest first, as plain text without quoted mails. The last one is the message to answer. */
  readonly messages: readonly { readonly from: 'contact' | 'ai' | 'agent'; readonly text: string }[];
  /** Sentiment of the message to answer. */
  readonly sentiment: Sentiment;
  /** How many of the written demo conversations are stored. The answer must not contradict them. */
  readonly demoStories: number;
}

/** The AI's answer to a message. */
export interface Turn {
  /** Action to record in the history before the reply. */
  readonly action?: Action;
  /** Plain text; paragraphs are separated by an empty line. */
  readonly reply: string;
  /** Resolves the session or hands it off. Without it, the session stays open with the AI. */
  readonly outcome?: 'resolve' | { readonly handOff: string; readonly reason?: HandOffReason };
}

export interface Action {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>>;
}

/**
 * Decides what to answer. It runs inside the transaction that stores the answer, which may be retried: it must be a
 * pure function.
 */
export type Autopilot = (conversation: Conversation) => Turn;
