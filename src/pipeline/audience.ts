import type { RuleTexts } from '../conversations/context.ts';

/**
 * Who reads the errors: the operator, who started the server for their own use, or a member of a team, who can change
 * nothing on it.
 */
export type Audience = 'operator' | 'member';

export const ruleTexts: Readonly<Record<Audience, RuleTexts>> = {
  operator: {
    verifiedNotAllowed: 'this server was started without --allow-verified',
    confirmSends: '--confirm-sends',
    cannotAsk:
      'this server asks a person before every message (--confirm-sends), and this client cannot ask (no elicitation). Ask the user to start the server with --confirm-sends=outbox, which works with every client',
    whoDecides: 'A person decides with the command inbox (a page) or outbox (in a terminal).',
  },
  member: {
    verifiedNotAllowed: 'your role on this server does not allow that',
    confirmSends: 'a rule of your role',
    cannotAsk:
      'your role on this server asks a person before every message, and this client cannot ask: over HTTP that takes version 2026-07-28 of the protocol, with elicitation. Use a client that has it, or show the text to the user, who can send it in OpenCX',
    whoDecides:
      'Somebody who may approve messages of your role decides, on the inbox page of this server if it has one, or with the command outbox.',
  },
};
