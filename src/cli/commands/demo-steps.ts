/* What the steps read of the answers; a missing member makes the step fail, as it should. */
interface View {
  id?: string;
  status?: string;
  outcome?: string;
  contacts?: { name?: string }[];
  sessions?: { id: string; contact?: { name?: string } }[];
  messages?: { from: string; event?: string; text?: string }[];
  replies?: { from: string; text?: string }[];
  custom_data?: Record<string, unknown>;
  contact?: { verified?: { name?: string }; unverified?: { name?: string } };
}

interface Step {
  /** What the support lead wants. */
  say: string;
  tool: string;
  arguments(): Record<string, unknown>;
  /** What is wrong with the answer; undefined when nothing is. Keeps what later steps need. */
  wrong(view: View): string | undefined;
}

const person = 'Amelia Hart';
const answer =
  'Good morning Amelia, I am sorry for the wait. Your refund is approved and goes out today; your bank shows it within three working days.';

let waiting: readonly string[] = [];
let found = '';
let created = '';

export const steps: readonly Step[] = [
  {
    say: 'What is open and waiting for a human?',
    tool: 'list_sessions',
    arguments: () => ({ status: 'open', handed_off: true, limit: 10 }),
    wrong({ sessions = [] }) {
      waiting = sessions.map(({ id }) => id);
      return sessions.some(({ contact }) => contact?.name === person)
        ? undefined
        : `${person} is not among the waiting`;
    },
  },
  {
    say: 'Who wrote about a refund?',
    tool: 'search_sessions',
    arguments: () => ({ query: 'refund' }),
    wrong: ({ sessions = [] }) => (sessions.length > 0 ? undefined : 'nobody was found'),
  },
  {
    say: `And ${person} in particular?`,
    tool: 'search_sessions',
    arguments: () => ({ query: person }),
    wrong({ contacts = [], sessions = [] }) {
      found = sessions.find(({ id }) => waiting.includes(id))?.id ?? '';
      if (!contacts.some(({ name }) => name === person)) return 'she is not among the contacts';
      return found ? undefined : 'no session of hers that waits was found';
    },
  },
  {
    say: 'Her session, with the last messages.',
    tool: 'get_session',
    arguments: () => ({ session_id: found, history_limit: 2 }),
    wrong: ({ contact, messages = [] }) =>
      contact?.verified?.name === person && messages.at(-1)?.from === 'contact'
        ? undefined
        : 'she is not verified or does not wait for an answer',
  },
  {
    say: 'The whole conversation, what the AI and the system did included.',
    tool: 'get_session_history',
    arguments: () => ({ session_id: found, limit: 30, include_events: true }),
    wrong: ({ messages = [] }) =>
      messages.some(({ from }) => from === 'ai') ? undefined : 'the AI never spoke',
  },
  {
    say: 'Answer her, and note the outcome on the session.',
    tool: 'send_message',
    arguments: () => ({
      session_id: found,
      sender: 'agent',
      text: answer,
      agent: { id: 7, name: 'Robin' },
      custom_data: { refund_status: 'approved', refund_days: 3 },
    }),
    wrong: ({ outcome }) => (outcome === 'sent' ? undefined : `the outcome is ${outcome}`),
  },
  {
    say: 'Is it there?',
    tool: 'get_session',
    arguments: () => ({ session_id: found, history_limit: 1 }),
    wrong: ({ messages = [], custom_data = {} }) =>
      messages.at(-1)?.text === answer &&
      custom_data['refund_status'] === 'approved' &&
      'order_id' in custom_data
        ? undefined
        : 'the message or the merged custom data is missing',
  },
  {
    say: 'Close it as resolved.',
    tool: 'update_session',
    arguments: () => ({ session_id: found, status: 'closed_resolved' }),
    wrong: ({ status }) => (status === 'closed_resolved' ? undefined : `its status is ${status}`),
  },
  {
    say: 'Open a new session for a caller who gave a name and an address.',
    tool: 'create_session',
    arguments: () => ({
      channel_type: 'phone_voice',
      contact: { name: 'Tomas Lind', email: 'tomas.lind@example.com' },
      custom_data: { topic: 'delivery', callback: true },
    }),
    wrong({ id }) {
      created = id ?? '';
      return created ? undefined : 'no id came back';
    },
  },
  {
    say: 'His identity is only claimed, and is shown as such.',
    tool: 'get_session',
    arguments: () => ({ session_id: created }),
    wrong: ({ contact }) =>
      contact?.unverified?.name === 'Tomas Lind' && contact.verified === undefined
        ? undefined
        : 'the claimed identity is not shown as claimed',
  },
  {
    say: 'He asks, and the AI answers: the sandbox lives.',
    tool: 'send_message',
    arguments: () => ({
      session_id: created,
      sender: 'contact',
      text: 'Where is my parcel? The order is ord_10612.',
      wait_for_reply_seconds: 15,
    }),
    wrong: ({ replies = [] }) =>
      replies.some(({ from, text = '' }) => from === 'ai' && text.includes('ord_10612'))
        ? undefined
        : 'the AI said nothing about his order',
  },
  {
    say: 'He is content.',
    tool: 'send_message',
    arguments: () => ({
      session_id: created,
      sender: 'contact',
      text: 'Perfect, thank you!',
      wait_for_reply_seconds: 15,
    }),
    wrong: ({ replies = [] }) => (replies.length > 0 ? undefined : 'the AI did not answer'),
  },
  {
    say: 'What came of it: the action of the AI, its decision, a summary.',
    tool: 'get_session_history',
    arguments: () => ({ session_id: created, include_events: true }),
    wrong({ messages = [] }) {
      const marks = messages.map(({ event }) => event);
      const wanted = ['action_called', 'ai_decided_to_resolve_the_issue', 'summary_generated'];
      return wanted.every((mark) => marks.includes(mark)) ? undefined : 'one of them is missing';
    },
  },
];
