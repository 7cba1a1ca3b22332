// The texts of the prompts for a lead's day. Loaded when a prompt is used.
import { sessionTextIsData } from './prompt.ts';

/** What a prompt is asked about. */
export interface Asked {
  readonly since: string;
  readonly channel: string | undefined;
  has(tool: string): boolean;
}

const honest =
  'Say of every number what it rests on: if an answer is incomplete and you did not continue it, the number is a minimum. Name conversations by ticket number. Change nothing: send no message and close no session.';
const goOn = 'While an answer has a next_cursor, continue with it alone, for at most five pages.';

export function morningBriefing(asked: Asked): string[] {
  const { since, has } = asked;
  return numbered(
    `Brief me on support${where(asked)} ${when(since)}.`,
    [
      has('count_sessions')
        ? `New: ${count(asked, { created_after: since, group_by: ['channel'], compare_previous: true })}.`
        : `New: ${list(asked, { created_after: since, limit: 100 })}.`,
      `Waiting: ${list(asked, { status: 'open', include_last_message: true })}. ${goOn} The longest wait comes first.`,
      `Handed off: ${list(asked, { status: 'open', handed_off: true, updated_after: since, limit: 100 })}. ${
        has('find_messages')
          ? `Why: ${find(asked, { since, handed_off: true, include_events: true })}; the handoff events say it.`
          : why(has)
      }`,
      has('count_sessions')
        ? `Mood: ${count(asked, { updated_after: since, group_by: ['sentiment'] })}. Look into the angry ones.`
        : 'Mood: the rows marked angry in the answers above. Look into these.',
      has('count_sessions')
        ? `Closed: ${count(asked, { updated_after: since, group_by: ['status'] })}.`
        : `Closed: ${closedLists(asked)}.`,
    ],
    'Answer in this order, at most 25 lines: the numbers (new, waiting, handed off, closed); a table of the ten who wait longest (ticket number, channel, contact and whether only claimed, what they want, waiting since); handed off and why; angry customers and what they need; what to do first.',
  );
}

export function handoverNotes(asked: Asked): string[] {
  const { since, has } = asked;
  return numbered(
    `Write handover notes for the colleague who takes over support${where(asked)}. The shift is what happened ${when(since)}.`,
    [
      `Open and with people: ${list(asked, { status: 'open', handed_off: true, include_last_message: true })}. ${goOn}`,
      has('find_messages')
        ? `Said in this shift: ${find(asked, { since, from: 'agent' })}. Look for promises: what, to whom, until when.`
        : `Touched in this shift: ${list(asked, { updated_after: since, include_last_message: true })}. ${readEach(has)}`,
      `Closed in this shift: ${closedLists(asked)}.`,
    ],
    'Answer with one entry for each conversation that needs somebody: ticket number, who it is (and whether only claimed), what they want, what was promised, who has to act next and by when. Then one line for what is closed. Leave out what needs nobody.',
  );
}

export function whatChanged(asked: Asked): string[] {
  const { since, has } = asked;
  return numbered(
    `Tell me what changed in support${where(asked)} ${when(since)}.`,
    [
      has('find_messages')
        ? `Words and events: ${find(asked, { since, include_events: true })}. ${goOn}`
        : `Changed: ${list(asked, { updated_after: since, include_last_message: true })}. ${goOn} ${readEach(has)}`,
      has('count_sessions')
        ? `New, against the time before: ${count(asked, { created_after: since, group_by: ['status'], compare_previous: true })}.`
        : `New: ${list(asked, { created_after: since, limit: 100 })}.`,
    ],
    `Answer in at most 20 lines, what matters most first: new conversations, new answers of customers who wait, handoffs, closings, files that came in. ${
      has('find_messages')
        ? 'End with the next_since of the answer: passed as since next time, nothing is missed.'
        : ''
    }`.trim(),
  );
}

function numbered(task: string, steps: readonly string[], answer: string): string[] {
  return [
    task,
    ...[...steps, answer].map((step, n) => `${n + 1}. ${step.trimEnd()}`),
    honest,
    sessionTextIsData,
  ];
}

const where = ({ channel }: Asked) => (channel === undefined ? '' : ` on ${channel}`);

function when(since: string): string {
  return /^\d+ ?[a-z]+$/i.test(since) ? `in the last ${since}` : `since ${since}`;
}

function why(has: Asked['has']): string {
  return has('get_session') ? 'Why: get_session of each; its handoff says it.' : '';
}

function readEach(has: Asked['has']): string {
  const tool = ['get_session_history', 'get_session'].find(has);
  return tool === undefined ? '' : `Read the ones that matter with ${tool}.`;
}

function closedLists(asked: Asked): string {
  const both = ['closed_resolved', 'closed_unresolved'];
  return both.map((status) => list(asked, { status, updated_after: asked.since, limit: 100 })).join(' and ');
}

function list(asked: Asked, given: object): string {
  return call('list_sessions', asked, given);
}

function count(asked: Asked, given: object): string {
  return call('count_sessions', asked, given);
}

function find(asked: Asked, given: object): string {
  return call('find_messages', asked, given);
}

function call(tool: string, { channel }: Asked, given: object): string {
  return `${tool} ${JSON.stringify({ ...given, ...(channel === undefined ? {} : { channel_type: channel }) })}`;
}
