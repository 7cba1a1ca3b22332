import { assumptions } from '../../../contract/assumptions.ts';
import { routes } from '../../../contract/routes.ts';
import { type Answer, type Asker, rateOf } from '../api-reader.ts';
import type { Probe } from './assumption-probe.ts';
import { firstPage, idOf } from './pages.ts';

const list = routes.listSessions.path;
const sessionPath = (id: string) => routes.getSession.path.replace('{session_id}', encodeURIComponent(id));

/** A key that nobody was given; a UUID and another word that are no session's. */
const wrongKey = 'ocx_live_no-such-key';
const unknownId = '00000000-0000-4000-8000-000000000000';
const oddId = 'no-such-session';

/** The caps of a search: contacts as the README says them, messages as the list of assumptions has them. */
const most = { contacts: 20, messages: assumptions.search.value };

function bodyOf({ text }: Answer): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Whether an error has all three documented members, and says the status twice. */
function isDocumented(answer: Answer): boolean {
  const { statusCode, message, error } = bodyOf(answer);
  return statusCode === answer.status && typeof message === 'string' && typeof error === 'string';
}

export const inAnswers = {
  async queryParameters(asker) {
    const unknown = await asker.get(list, [['no_such_parameter', '1']]);
    const empty = await asker.get(list, [['status', '']]);
    const twice = await asker.get(list, [
      ['status', 'open'],
      ['status', 'open'],
    ]);
    const asAssumed = unknown.status === 200 && empty.status === 400 && twice.status === 400;
    const seen = `unknown: ${unknown.status}, empty: ${empty.status}, repeated: ${twice.status}`;
    return { verdict: asAssumed ? 'holds' : 'differs', seen };
  },

  async errorBodies(asker) {
    const answers = [
      [401, await asker.get(list, [], wrongKey)],
      [404, await asker.get(sessionPath(unknownId))],
      [400, await asker.get(list, [['status', 'no-such-status']])],
    ] as const;
    const names = String(bodyOf(answers[2][1])['message']).includes('status');
    const asAssumed = answers.every(([status, answer]) => answer.status === status && isDocumented(answer));
    const what = ['wrong key', 'unknown id', 'wrong value'];
    const seen = answers.map(([, answer], n) => {
      const members = Object.keys(bodyOf(answer))
        .slice(0, 6)
        .map((key) => key.slice(0, 20));
      return `${what[n]}: ${answer.status} {${members.join(', ')}}`;
    });
    return {
      verdict: asAssumed && names ? 'holds' : 'differs',
      seen: `${seen.join('; ')}; the field is ${names ? '' : 'not '}named`,
    };
  },

  async rateLimit(asker) {
    const { limit } = rateOf((await asker.get(list)).headers);
    if (limit === undefined) return { verdict: 'unclear', seen: 'answers do not tell a limit' };
    const verdict = limit === assumptions.rateLimit.value ? 'holds' : 'differs';
    return { verdict, seen: `X-RateLimit-Limit is ${limit}` };
  },

  async rateHeaders(asker) {
    const { remaining, reset } = rateOf((await asker.get(list)).headers);
    if (remaining === undefined || reset === undefined) {
      return { verdict: 'unclear', seen: 'answers do not tell the rest of a limit' };
    }
    // A moment in time, however counted, is a far greater number than the seconds of a window.
    const seen = `X-RateLimit-Reset is ${reset}, X-RateLimit-Remaining ${remaining}`;
    return { verdict: reset <= 3600 ? 'holds' : 'differs', seen };
  },

  async sessionIdForm(asker) {
    const { status } = await asker.get(sessionPath(oddId));
    return {
      verdict: status === 404 ? 'holds' : 'differs',
      seen: `an id that is no UUID is answered ${status}`,
    };
  },

  async ids(asker) {
    const id = (await firstPage(asker)).items.map(idOf).find((one) => one !== one.toUpperCase());
    if (id === undefined) return { verdict: 'unclear', seen: 'no id with a letter was met' };
    const { status } = await asker.get(sessionPath(id.toUpperCase()));
    return { verdict: status === 200 ? 'holds' : 'differs', seen: `an id in capitals is answered ${status}` };
  },

  async search(asker) {
    const { items } = await firstPage(asker);
    const person = items.find(({ contact }) => typeof contact?.['name'] === 'string')?.contact;
    if (!person) return { verdict: 'unclear', seen: 'no contact with a name was met' };
    const name = String(person['name']);
    const [whole, beginning] = [await found(asker, name), await found(asker, name.slice(0, -1))];
    const has = ({ contacts }: Found) => contacts.some(({ id }) => id === person['id']);
    const within = [whole, beginning].every(
      ({ contacts, messages }) => contacts.length <= most.contacts && messages.length <= most.messages,
    );
    const seen = [
      `a contact is ${has(whole) ? '' : 'not '}found by the name`,
      `${has(beginning) ? '' : 'not '}by its beginning`,
      `contacts: ${Math.max(whole.contacts.length, beginning.contacts.length)}`,
      `messages: ${Math.max(whole.messages.length, beginning.messages.length)}`,
    ];
    return { verdict: has(whole) && has(beginning) && within ? 'holds' : 'differs', seen: seen.join(', ') };
  },
} as const satisfies Partial<Record<keyof typeof assumptions, Probe>>;

interface Found {
  readonly contacts: readonly { readonly id?: unknown }[];
  readonly messages: readonly unknown[];
}

async function found(asker: Asker, q: string): Promise<Found> {
  const { contacts, messages } = bodyOf(await asker.get(routes.searchSessions.path, [['q', q]]));
  return {
    contacts: Array.isArray(contacts) ? contacts.map(Object) : [],
    messages: Array.isArray(messages) ? messages : [],
  };
}
