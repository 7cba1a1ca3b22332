import { z } from '../../contract/zod.ts';
import { getSession } from '../get-session.ts';
import { SessionId } from '../input/session-id.ts';
import { defineTool } from '../tool.ts';

/** The answer of get_session, which the client draws as a card. */
export const showSession = defineTool({
  ...getSession,
  name: 'show_session',
  title: 'Show a support session',
  description:
    'Shows the person one session as a card: identity, who waits, newest messages. Answers as get_session does. To read a session yourself, use get_session.',
  input: z
    .object({
      session_id: SessionId,
      history_limit: z.number().int().min(0).max(50).describe('Newest messages to include').default(10),
    })
    .strict(),
});
