import { requestsPerMinute } from './rate-limit.ts';

/** Something the documents leave open, and what this project takes it to be. */
export interface Assumption {
  readonly topic: string;
  /** What the sandbox does, in a sentence a reader of the README understands. */
  readonly taken: string;
  /** The number behind it, where there is one: the sandbox reads it from here. */
  readonly value?: number;
}

/**
 * The one list of what the documents leave open. The sandbox is set by it and the README's list is generated
 * from it. None of it has been checked against the live API.
 */
export const assumptions = {
  listOrder: { topic: 'List order', taken: 'Sessions come newest `created_at` first.' },
  listPageSize: { topic: 'List page size', taken: '25 sessions a page.', value: 25 },
  historyOrder: { topic: 'History order', taken: 'Events come oldest first.' },
  historyPageSize: { topic: 'History page size', taken: '50 events a page.', value: 50 },
  cursors: {
    topic: 'Cursors',
    taken:
      "Opaque and signed; one the server did not make is a 400. A cursor belongs to the list or to one session's history, not to the filters it was made with.",
  },
  queryParameters: {
    topic: 'Query parameters',
    taken: 'A repeated or empty one is a 400; unknown ones are ignored.',
  },
  dateBounds: {
    topic: 'Date filters',
    taken:
      'Bounds are exclusive. Accepted: ISO 8601 with `T` or a space between date and time (UTC where no offset is given), or a date alone; anything else is a 400.',
  },
  handedOff: { topic: '`handed_off` filter', taken: 'True for sessions that carry a `handoff` object.' },
  errorBodies: {
    topic: 'Error bodies',
    taken:
      '`{statusCode, message, error}`: 400 names the field, 401 for a missing or wrong key, 403 for a missing scope, 404 for an unknown id, 413 for a body over 10 MB, 429 over the limit, 500 without detail.',
  },
  contentType: {
    topic: 'Content type',
    taken:
      'A body that is not `application/json` or `+json`, or is compressed, is a 415; an empty body is a 400.',
  },
  unknownMethod: { topic: 'Unknown method', taken: 'A 405 with `Allow`.' },
  rateLimit: {
    topic: 'Rate limit',
    taken:
      '100 requests a minute and key; a 429 carries `Retry-After` and `X-RateLimit-*`. No session operation is documented as streaming, so the limit of 1,000 applies to none.',
    value: requestsPerMinute,
  },
  rateHeaders: {
    topic: 'Rate headers',
    taken:
      '`X-RateLimit-Reset` is whole seconds from now. Refused requests count too, unauthenticated ones do not; without a limit there are no such headers.',
  },
  statusCodes: {
    topic: 'Success codes',
    taken:
      'POST answers 200 (older pages: 201). PATCH answers 200 with an empty body and `Content-Length: 0`.',
  },
  unknownKeys: { topic: 'Unknown body keys', taken: 'Ignored.' },
  oddKeys: {
    topic: 'Odd keys and texts',
    taken: 'A key `__proto__`, a NUL character, and nesting over 100 levels are a 400.',
  },
  customDataValues: {
    topic: 'Custom data values',
    taken: 'Nested objects are a 400 (documented); so are arrays and null.',
  },
  contactIdWins: {
    topic: 'Create with both `contact_id` and `contact`',
    taken: '`contact_id` wins; an unknown one is a 404.',
  },
  contactMatch: {
    topic: 'Matching a contact on create',
    taken:
      'With `verified: true` by verified e-mail (case-insensitive), else by a phone number that was given as verified, and the verified fields are written. Otherwise by `non_verified_email` only, among contacts that have nothing verified, and the `non_verified_*` fields are written: a claim never attaches anyone to a verified person.',
  },
  contactCustomData: {
    topic: 'Contact custom data on create',
    taken: 'Merged, key by key, into that of the contact that was matched.',
  },
  claimedPhone: {
    topic: 'A claimed phone number',
    taken: 'Written only to a contact that has nothing verified; it never identifies anyone.',
  },
  sendContactData: {
    topic: "Where send's `contact` data goes",
    taken:
      'To the side, verified or not, that the session was created with. A session without a contact gets one by the same rules as on create.',
  },
  takenAddress: {
    topic: "Another contact's verified address in send",
    taken: 'A 400, and nothing is written.',
  },
  closedSend: { topic: 'A message to a closed session', taken: 'It reopens the session.' },
  reopening: {
    topic: 'Reopening',
    taken:
      'Leaves the event `system_reopened_session`; `ai_closure_type` is cleared unless it is `handed_off`.',
  },
  sameStatus: { topic: 'PATCH with the status the session has', taken: 'Changes nothing.' },
  takeOver: {
    topic: '`should_take_over_session_from_ai`',
    taken:
      'With sender `agent` it hands the session off: a `handoff` object with a summary and the events `agent_took_session_from_ai` and `handoff` appear, and `agent.id` becomes `assignee_id`. No effect for a contact, nor on a session that is handed off already.',
  },
  autopilot: {
    topic: 'When the AI answers',
    taken:
      "A customer's message on any channel, in an open session without a `handoff` and without an assignee, is answered once, a moment later; not where the session was closed, handed off or answered by an agent meanwhile. The AI reads messages only, no custom data.",
  },
  handOff: {
    topic: 'Handing off',
    taken:
      'The AI hands off when it is asked for a person, when the customer is angry, when a rule says so, and when it has no answer. Then `handoff` and `sentiment` are set, `ai_closure_type` is `handed_off`, and the event `handoff` carries the summary and the context `{reason, sentiment}`; the reason, a word of the hand-off analytics, is left out for anger and for a take-over, which have none.',
  },
  silence: {
    topic: 'An assumed resolution',
    taken:
      'An open session whose last word is an answer of the AI is closed as `closed_resolved`, `assumed_resolved`, after a time of silence, with the event `ai_assumed_the_session_resolved`. How long that is live is not public.',
  },
  sentiment: {
    topic: 'Sentiment',
    taken: "That of the customer's last message. The sandbox reads English only; the rest is `neutral`.",
  },
  insights: {
    topic: 'Insights',
    taken:
      'The closing event carries the context `{closed_by, duration_seconds}`: `api` or `ai`, and seconds since the session was created. When the AI closes, a summary is always made.',
  },
  messageText: {
    topic: 'Message text',
    taken: 'Required, even beside attachments; it may be empty only beside an attachment.',
  },
  attachments: {
    topic: 'Attachments',
    taken:
      'Addresses are `http` or `https`; where `url` and `base64` are both given, the address is kept. `base64` is padded and has no `data:` prefix.',
  },
  closingSummary: {
    topic: 'Summary on closing',
    taken:
      'It appears as an event of the history, `summary_generated`, because the session schema has no field for it.',
  },
  closedPayload: {
    topic: '`session_closed_payload`',
    taken: 'Kept in the context of the closing event.',
  },
  eventWords: {
    topic: 'Words of the history',
    taken:
      'Senders are `contact`, `ai`, `agent` and `system`. A system action is the event `action_called` with the context `{action, input, result}`.',
  },
  sessionIdForm: {
    topic: 'Session id in a path',
    taken: 'Any one segment; one that is no known session is a 404.',
  },
  ids: { topic: 'Ids', taken: 'Compared without regard to case.' },
  attachmentSize: {
    topic: 'Size of an attachment',
    taken: 'The tools send at most 5000000 bytes (5 MB) of content, as the nearest documented upload takes.',
    value: 5_000_000,
  },
  search: {
    topic: 'Search',
    taken:
      "Full text over contacts and messages, the sender's name included; at most 20 contacts and 50 messages, best match first. Every word must occur, the last may be the beginning of one (in messages from two letters on), and English endings in messages are cut. Contacts show their verified name and e-mail only: null where a claim was what was found.",
    value: 50,
  },
  searchDepth: {
    topic: 'Search for what is frequent',
    taken: 'Of more than 1000 messages, or contacts, that match, only the newest 1000 are ranked.',
    value: 1000,
  },
} as const satisfies Record<string, Assumption>;
