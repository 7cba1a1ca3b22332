import { readSession } from '../../conversations/reading/read-session.ts';
import { draftsOf } from '../get-session.ts';
import { defineTool } from '../tool.ts';
import { showSession } from './show-session.ts';

/** What the card calls: not every client hands it the data of the answer that it draws. */
export const viewSession = defineTool({
  ...showSession,
  name: 'view_session',
  title: 'Read a session for its card',
  description: 'For the card of show_session only. Answers as get_session does.',

  // What a person sees in the card, the model has not read.
  async run({ session_id, history_limit }, context) {
    const { session, window } = await readSession(session_id, history_limit, context);
    return { session, window, drafts: await draftsOf(session.id, context) };
  },
});
