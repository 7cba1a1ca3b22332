import * as faults from './faults.ts';
import { says, status } from './faults.ts';
import type { Arrival, Fault, Operation } from './upstream.ts';

export const operations = {
  list_sessions: 'listSessions',
  search_sessions: 'searchSessions',
  count_sessions: 'listSessions',
  get_session: 'getSession',
  get_session_history: 'listHistory',
  find_messages: 'listSessions',
  get_attachment: 'listHistory',
  create_session: 'createSession',
  update_session: 'updateSession',
  send_message: 'sendMessage',
} as const satisfies Record<string, Operation>;

export type ToolName = keyof typeof operations;

const writes: readonly string[] = ['create_session', 'update_session', 'send_message'];

/** The expected behaviour of one tool under one fault. */
export interface Expected {
  /** Requests of the tool's own operation that reach the upstream. */
  readonly requests: number;
  /** The lines that the model reads. Absent for a success. */
  readonly told?: readonly [what: string, changed: string, next: string];
  /** The message of the API, quoted as data after those lines. */
  readonly quotes?: string;
  /** The message may have been stored, so the answer depends on the history. */
  readonly delivery?: 'unknown';
}

export interface Row {
  readonly name: string;
  /** Absent for a fault that occurs before the request is complete. */
  readonly fault?: Fault;
  /** The API cannot have stored the message, so the history never shows it. */
  readonly storesNothing?: true;
  /** A call may use all of its time, in which nothing happens. */
  readonly waits?: true;
  expect(tool: ToolName): Expected;
}

/** A placeholder, because the code of a broken connection depends on timing. */
export const brokenCode = 'code';

const nothingChanged = 'Nothing was changed.';
const safe = 'It is safe to call again.';
const blindly = 'Do not repeat it blindly: look at the session (get_session, list_sessions) first.';
const network = ' If it happens again, the user should check OPENCX_API_URL and the network.';

/** The call succeeds after this number of requests. */
const fine = (requests = 1) => ({ expect: () => ({ requests }) });

/** The request may have arrived, but there is no readable response. Reads are retried, writes never. */
function lost(what: string, more: { reads?: number; advice?: string; quotes?: string } = {}) {
  const { reads = 3, advice = '', quotes } = more;
  const quoted = quotes === undefined ? {} : { quotes };
  return {
    expect(tool: ToolName): Expected {
      if (tool === 'send_message') return { requests: 1, delivery: 'unknown' };
      if (!writes.includes(tool))
        return { requests: reads, told: [what, nothingChanged, safe + advice], ...quoted };
      const changed = `It is not known whether ${tool} took effect: the request may have arrived.`;
      return { requests: 1, told: [what, changed, blindly + advice], ...quoted };
    },
  };
}

const broken = lost(`The connection to the API broke before its answer was complete (${brokenCode}).`, {
  advice: network,
});
const upstreamFault = (code: number) =>
  lost(`Upstream fault: The API answered ${code}.`, { quotes: says(code) });
const timeout = (reads: number) => lost('Timeout: the API did not answer in time.', { reads });
const unreadable = (what: string) => lost(what, { reads: 1 });

/** The API refused the request, so nothing was changed. */
const refused = (code: number, what: string, next: string, requests = 1) => ({
  fault: status(code),
  expect: (): Expected => ({ requests, told: [what, nothingChanged, next], quotes: says(code) }),
});

const limited = 'Rate limited (429): the API accepts no more requests now.';

/** The only fault after which a call waits. */
export const fittingWait = '429, Retry-After before the deadline';

/** A Retry-After in seconds beyond the deadline of every call here. */
const longWait = '30';

/** The faults that occur before the request is complete. */
export const refusedConnection: Row = {
  name: 'connection refused',
  expect: () => ({
    requests: 0,
    told: ['The API could not be reached (ECONNREFUSED).', nothingChanged, safe + network],
  }),
};
export const resetAtHead: Row = {
  name: 'reset before the request was read',
  storesNothing: true,
  ...broken,
};

/**
 * The faults of a complete request, with the expected results.
 * @param elsewhere the target of redirects, which must receive no request.
 * @param caseOf returns the case of a request, for faults that occur once per case.
 */
export function rowsOf(elsewhere: string, caseOf: (arrival: Arrival) => string): readonly Row[] {
  const once = (fault: Fault) => faults.once(fault, ({ arrival }) => caseOf(arrival));
  return [
    { name: 'reset after the request was read', fault: faults.reset, ...broken },
    { name: 'closed without a response', fault: faults.hangUp, ...broken },
    { name: 'reset before the response body', fault: faults.resetAfterHead, ...broken },
    { name: 'reset during the response body', fault: faults.resetInBody, ...broken },
    {
      name: 'reset once, then healthy',
      fault: once(faults.reset),
      expect: (tool) => (writes.includes(tool) ? broken.expect(tool) : { requests: 2 }),
    },
    // Each attempt has a share of the call's time.
    { name: 'no response', fault: faults.silence, waits: true, ...timeout(3) },
    {
      name: 'no response once, then healthy',
      fault: once(faults.silence),
      waits: true,
      expect: (tool) => (writes.includes(tool) ? timeout(1).expect(tool) : { requests: 2 }),
    },
    { name: 'slow body', fault: faults.slowBody, waits: true, ...timeout(1) },
    {
      name: 'endless body',
      fault: faults.endlessBody,
      ...unreadable("The API's answer is larger than 10 MB; it was not read."),
    },
    {
      name: 'truncated JSON with a matching Content-Length',
      fault: faults.truncated,
      ...unreadable('The API answered with success, but its body is not JSON.'),
    },
    { name: 'JSON as text/plain', fault: faults.plainText, ...fine() },
    {
      name: 'HTML with 200',
      fault: faults.html(200),
      ...unreadable('The API answered with success, but its body is not JSON.'),
    },
    { name: 'HTML with 502', fault: faults.html(502), ...lost('Upstream fault: The API answered 502.') },
    { name: 'not HTTP', fault: faults.notHttp, ...broken },
    { name: '408', fault: status(408), ...upstreamFault(408) },
    { name: '500', fault: status(500), ...upstreamFault(500) },
    { name: '503', fault: status(503), ...upstreamFault(503) },
    {
      name: '503 once, then healthy',
      fault: once(status(503)),
      expect: (tool) => (writes.includes(tool) ? upstreamFault(503).expect(tool) : { requests: 2 }),
    },
    { name: fittingWait, fault: once(status(429, { 'retry-after': '1' })), ...fine(2) },
    {
      name: '429, Retry-After after the deadline',
      ...refused(429, limited, `Call again in ${longWait} seconds.`),
      fault: status(429, { 'retry-after': longWait }),
    },
    { name: '429 without Retry-After', ...refused(429, limited, 'Call again in about a minute.', 3) },
    {
      name: '400',
      ...refused(400, 'The API refused the request (400).', 'Correct the arguments and call again.'),
    },
    {
      name: '422 with HTML and a stack trace in its JSON',
      fault: faults.spilt(422),
      expect: () => ({
        requests: 1,
        told: ['The API refused the request (422).', nothingChanged, 'Correct the arguments and call again.'],
        quotes: 'Bad gateway Bad field.',
      }),
    },
    {
      name: '401',
      ...refused(
        401,
        'Unauthenticated (401): the API does not accept the configured key.',
        'Ask the user to make a key in the OpenCX dashboard under Settings, Access, to replace the old one with it (doctor says where), and to restart this server.',
      ),
    },
    {
      name: '403',
      fault: status(403),
      expect(tool) {
        const scope = `chat-sessions:${writes.includes(tool) ? 'write' : 'read'}`;
        const what = `Not permitted (403): the key may not do this; ${tool} needs the scope ${scope}.`;
        const next = 'The user needs a key with that scope (Settings, Access).';
        return refused(403, what, next).expect();
      },
    },
    {
      name: '404',
      ...refused(
        404,
        'Not found (404): there is no such session or contact.',
        'Session ids come from list_sessions and search_sessions, contact ids from search_sessions and get_session. session_id also takes a ticket number (#4521).',
      ),
    },
    {
      name: '413',
      ...refused(413, 'The request is too large for the API (413).', 'Send less, or attachments by URL.'),
    },
    {
      name: 'redirect to another host',
      ...refused(307, 'Upstream fault: The API answered 307, a redirect; it was not followed.', safe),
      fault: faults.redirect(elsewhere),
    },
    {
      name: 'redirect after a possible write (302)',
      ...lost('Upstream fault: The API answered 302, a redirect; it was not followed.', {
        reads: 1,
        quotes: says(302),
      }),
      fault: faults.redirect(elsewhere, 302),
    },
  ];
}
