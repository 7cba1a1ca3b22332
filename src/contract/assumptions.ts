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
  cursors: { topic: 'Cursors', taken: 'Opaque; one the server did not make is a 400.' },
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
  rateLimit: {
    topic: 'Rate limit',
    taken:
      '100 requests a minute and key; a 429 carries `Retry-After` and `X-RateLimit-*`. No session operation is documented as streaming, so the limit of 1,000 applies to none.',
    value: 100,
  },
  statusCodes: {
    topic: 'Success codes',
    taken:
      'POST answers 200 (older pages: 201). PATCH answers 200 with an empty body and `Content-Length: 0`.',
  },
  unknownKeys: { topic: 'Unknown body keys', taken: 'Ignored.' },
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
      'With `verified: true` by verified e-mail (case-insensitive), else by phone, and the verified fields are written. Otherwise by `non_verified_email` only and the `non_verified_*` fields are written: a claim never attaches anyone to a verified person.',
  },
  sendContactData: {
    topic: "Where send's `contact` data goes",
    taken: 'To the side, verified or not, that the session was created with.',
  },
  closedSend: { topic: 'A message to a closed session', taken: 'It reopens the session.' },
  takeOver: {
    topic: '`should_take_over_session_from_ai`',
    taken:
      'With sender `agent` it hands the session off: a `handoff` object with a summary appears. No effect for a contact.',
  },
  messageText: {
    topic: 'Message text',
    taken: 'Required, even beside attachments; it may be empty only beside an attachment.',
  },
  closingSummary: {
    topic: 'Summary on closing',
    taken: 'It appears as an event of the history, because the session schema has no field for it.',
  },
  sessionIdForm: {
    topic: 'Session id in a path',
    taken: 'Any one segment; one that is no known session is a 404.',
  },
  search: {
    topic: 'Search',
    taken: 'Full text over contacts and messages; at most 20 contacts and 50 messages, best match first.',
    value: 50,
  },
} as const satisfies Record<string, Assumption>;
