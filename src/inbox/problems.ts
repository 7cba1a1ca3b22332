import type { InboxProblem } from '../presenters/inbox/views.ts';

/** Something that the person at the page can be told as it is. */
export class PageError extends Error {
  readonly status: number;
  /** One word for programs. */
  readonly word: string;

  constructor(status: number, word: string, message: string) {
    super(message);
    this.name = 'PageError';
    this.status = status;
    this.word = word;
  }
}

type Known = readonly [status: number, message: string];

/** By the kind of the client's error. */
const ofApi: Readonly<Record<string, Known>> = {
  not_found: [404, 'This session does not exist.'],
  no_key: [502, 'No API key is set. Set OPENCX_API_KEY and start the inbox again.'],
  unauthenticated: [502, 'The API does not accept the key. Check OPENCX_API_KEY and start the inbox again.'],
  forbidden: [502, 'The API key has no permission to read sessions.'],
  rate_limited: [503, 'The API allows no more requests right now. Try again in a minute.'],
  timeout: [504, 'The API did not answer in time.'],
  connection: [502, 'The API cannot be reached.'],
  upstream: [502, 'The API failed to answer.'],
  invalid_response: [502, 'The API gave an answer that cannot be read.'],
  invalid_request: [400, 'The API does not accept this request.'],
};

const serverCannot: Known = [
  502,
  'The API does not let this server in. Tell its administrators: its log has the reason.',
];

/** In place of the above, for members of a team: they can change nothing on the server. */
const forMembers: Readonly<Record<string, Known>> = {
  no_key: serverCannot,
  unauthenticated: serverCannot,
  forbidden: serverCannot,
};

/** An answer that says what went wrong. @param onError called with unexpected errors, and with those that only an operator can fix. */
export function problemResponse(
  error: unknown,
  onError: (error: unknown) => void,
  isMember = false,
): Response {
  const known = problemOf(error, isMember);
  if (
    known === undefined ||
    (isMember && Object.hasOwn(forMembers, known.error) && !(error instanceof PageError))
  )
    onError(error);
  const { status, ...problem } = known ?? {
    status: 500,
    error: 'internal',
    message: 'Something went wrong here. The log of the program has the details.',
  };
  return Response.json(problem, { status });
}

/** What the page says about an error; undefined if it is not one that is expected. */
function problemOf(
  error: unknown,
  isMember: boolean,
): (InboxProblem & { readonly status: number }) | undefined {
  if (error instanceof PageError) return { status: error.status, error: error.word, message: error.message };
  const { kind, name, message, status } = Object(error) as Partial<Record<string, string>> & {
    status?: number;
  };
  // The sandbox itself has no kinds.
  const word = kind ?? (status === 404 ? 'not_found' : '');
  const texts = isMember ? { ...ofApi, ...forMembers } : ofApi;
  const known = Object.hasOwn(texts, word) ? texts[word] : undefined;
  if (known) return { status: known[0], error: word, message: known[1] };
  // What is wrong with an argument is said as a clause.
  if (name === 'ArgumentError') return { status: 400, error: 'invalid_request', message: `${message}.` };
  return undefined;
}
