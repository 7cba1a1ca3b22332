import { maxAttachmentBytes } from './message.ts';
import { requestsPerMinute } from './rate-limit.ts';

/** A question the API's documentation leaves open, and the answer this project assumes. */
export interface Assumption {
  readonly topic: string;
  /** The assumed behaviour. Listed in docs/assumptions.md. */
  readonly taken: string;
  /** The number in `taken`, where the sandbox or a tool uses one. */
  readonly value?: number;
}

/**
 * Everything the documentation leaves open. The sandbox behaves as stated here, and docs/assumptions.md is generated
 * from it. None of it has been verified against the live API.
 */
export const assumptions = {
  listOrder: { topic: 'List order', taken: 'By `created_at`, newest first.' },
  listPageSize: { topic: 'List page size', taken: '25 sessions.', value: 25 },
  historyOrder: { topic: 'History order', taken: 'Oldest event first.' },
  historyPageSize: { topic: 'History page size', taken: '50 events.', value: 50 },
  cursors: {
    topic: 'Cursors',
    taken:
      "Opaque and signed. A cursor that the server did not issue is a 400. A cursor is bound to the session list or to one session's history, but not to the filters.",
  },
  queryParameters: {
    topic: 'Query parameters',
    taken: 'Unknown parameters are ignored. A repeated or empty parameter is a 400.',
  },
  dateBounds: {
    topic: 'Date filters',
    taken:
      'Bounds are exclusive. A bound is a date, or an ISO 8601 time with `T` or a space (UTC if it has no offset). Anything else is a 400.',
  },
  handedOff: { topic: '`handed_off` filter', taken: 'Matches sessions that have a `handoff` object.' },
  errorBodies: {
    topic: 'Error bodies',
    taken:
      '`{statusCode, message, error}`. 400 (names the field), 401 (missing or wrong key), 403 (missing scope), 404 (unknown id), 413 (body over 10 MB), 429 (rate limit exceeded), 500 (no details).',
  },
  contentType: {
    topic: 'Content type',
    taken:
      'A compressed body, or one that is not `application/json` or `+json`, is a 415. An empty body is a 400.',
  },
  unknownMethod: { topic: 'Unknown method', taken: 'A 405 with `Allow`.' },
  rateLimit: {
    topic: 'Rate limit',
    taken:
      '100 requests per minute and key. A 429 has `Retry-After` and `X-RateLimit-*` headers. The limit of 1,000 for streaming endpoints does not apply: no session endpoint is documented as streaming.',
    value: requestsPerMinute,
  },
  rateHeaders: {
    topic: 'Rate limit headers',
    taken:
      '`X-RateLimit-Reset` is in whole seconds from now. Rejected requests count, unauthenticated requests do not. Without a limit, the headers are absent.',
  },
  statusCodes: {
    topic: 'Success codes',
    taken:
      'POST returns 200 (older documentation: 201). PATCH returns 200 with an empty body and `Content-Length: 0`.',
  },
  unknownKeys: { topic: 'Unknown body keys', taken: 'Ignored.' },
  oddKeys: {
    topic: 'Unsafe JSON',
    taken: 'A `__proto__` key, a NUL character, or more than 100 levels of nesting is a 400.',
  },
  customDataValues: {
    topic: 'Custom data values',
    taken: 'Nested objects are a 400 (documented). So are arrays and null.',
  },
  contactIdWins: {
    topic: 'Create with both `contact_id` and `contact`',
    taken: '`contact_id` wins. An unknown id is a 404.',
  },
  contactMatch: {
    topic: 'Matching a contact on create',
    taken:
      'With `verified: true`, by verified email (case-insensitive), otherwise by verified phone number; the verified fields are written. Without it, by `non_verified_email` only, among contacts without verified data; the `non_verified_*` fields are written. A claim never matches a verified contact.',
  },
  contactCustomData: {
    topic: 'Contact custom data on create',
    taken: 'Merged key by key into the data of the matched contact.',
  },
  claimedPhone: {
    topic: 'A claimed phone number',
    taken: 'Stored only on a contact without verified data. Never used to match a contact.',
  },
  sendContactData: {
    topic: '`contact` on send',
    taken:
      'Written to the verified or the non-verified fields, whichever the session was created with. If the session has no contact, one is matched or created as on create.',
  },
  takenAddress: {
    topic: "Another contact's verified address on send",
    taken: 'A 400. Nothing is written.',
  },
  closedSend: { topic: 'A message to a closed session', taken: 'Reopens the session.' },
  reopening: {
    topic: 'Reopening',
    taken: 'Adds the event `system_reopened_session` and clears `ai_closure_type` unless it is `handed_off`.',
  },
  sameStatus: { topic: 'PATCH with the current status', taken: 'Changes nothing.' },
  takeOver: {
    topic: '`should_take_over_session_from_ai`',
    taken:
      'With sender `agent`, hands the session off: adds a `handoff` object with a summary and the events `agent_took_session_from_ai` and `handoff`, and sets `assignee_id` to `agent.id`. No effect with sender `contact` or on a session already handed off.',
  },
  autopilot: {
    topic: 'When the AI answers',
    taken:
      'Once per customer message, after a short delay, on every channel, if the session is open and has neither a `handoff` nor an assignee. Not if the session was closed, handed off or answered by an agent in the meantime. The AI reads messages only, not custom data.',
  },
  handOff: {
    topic: 'Handoff',
    taken:
      'The AI hands off when the customer asks for a person or is angry, when a rule says so, and when it has no answer. This sets `handoff`, `sentiment` and `ai_closure_type: handed_off`, and adds the event `handoff` with the summary and the context `{reason, sentiment}`. `reason` is one of the documented handoff analytics reasons. It is absent for anger and take-over, which have none.',
  },
  silence: {
    topic: 'Assumed resolution',
    taken:
      'An open session whose last message is from the AI is closed after a period of silence as `closed_resolved`, `assumed_resolved`, with the event `ai_assumed_the_session_resolved`. The length of the period in the live API is not public.',
  },
  sentiment: {
    topic: 'Sentiment',
    taken:
      "The sentiment of the customer's last message. The sandbox reads English only; other languages are `neutral`.",
  },
  insights: {
    topic: 'Insights',
    taken:
      'The closing event has the context `{closed_by, duration_seconds}`: `api` or `ai`, and seconds since creation. When the AI closes a session, it always adds a summary.',
  },
  messageText: {
    topic: 'Message text',
    taken: 'Required. It may be empty only if there is an attachment.',
  },
  attachments: {
    topic: 'Attachments',
    taken:
      'URLs are `http` or `https`. If both `url` and `base64` are given, `url` is kept. `base64` is padded and has no `data:` prefix.',
  },
  closingSummary: {
    topic: 'Summary on closing',
    taken: 'Added to the history as the event `summary_generated`: the session schema has no field for it.',
  },
  closedPayload: {
    topic: '`session_closed_payload`',
    taken: 'Stored in the context of the closing event.',
  },
  eventWords: {
    topic: 'History vocabulary',
    taken:
      'Senders are `contact`, `ai`, `agent` and `system`. A system action is the event `action_called` with the context `{action, input, result}`.',
  },
  ticketNumbers: {
    topic: 'Ticket numbers',
    taken:
      'Unique, and rising with `created_at`: a session is found by its number with few requests. Where a page shows another order, the answer says so. Up to 12 digits are a ticket number, never a session id.',
  },
  sessionIdForm: {
    topic: 'Session id in a path',
    taken: 'Any single path segment. An unknown session is a 404.',
  },
  ids: { topic: 'Ids', taken: 'Compared case-insensitively.' },
  attachmentSize: {
    topic: 'Attachment size',
    taken: 'The tools send at most 5000000 bytes (5 MB), the limit of the documented media upload.',
    value: maxAttachmentBytes,
  },
  search: {
    topic: 'Search',
    taken:
      'Full text over contacts, messages and sender names. Returns at most 20 contacts and 50 messages, best match first. Every word must occur. The last word may be a prefix (in messages: of at least two letters). In messages, English word endings are ignored. Contacts show their verified name and email only: null if the match was in a claimed field.',
    value: 50,
  },
  searchDepth: {
    topic: 'Search ranking',
    taken: 'If more than 1000 messages or contacts match, only the newest 1000 are ranked.',
    value: 1000,
  },
} as const satisfies Record<string, Assumption>;
