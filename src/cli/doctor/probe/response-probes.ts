import { assumptions } from '../../../contract/assumptions.ts';
import { routes } from '../../../contract/routes.ts';
import { type ApiReader, type ApiResponse, readRateLimit } from '../api-reader.ts';
import { firstPage, idOf, parseObject } from './pages.ts';
import { type Probe, result, unclear } from './probe-result.ts';

const list = routes.listSessions.path;
const sessionPath = (id: string) => routes.getSession.path.replace('{session_id}', encodeURIComponent(id));

const wrongKey = 'ocx_live_no-such-key';
const unknownId = '00000000-0000-4000-8000-000000000000';
const malformedId = 'no-such-session';

/** Maximum search results: contacts as documented, messages as assumed. */
const maxResults = { contacts: 20, messages: assumptions.search.value };

/** Whether an error has the three documented members, and the right status in its body. */
function isDocumentedError(response: ApiResponse): boolean {
  const { statusCode, message, error } = parseObject(response.text);
  return statusCode === response.status && typeof message === 'string' && typeof error === 'string';
}

/** Probes that look at statuses, headers and bodies of single responses. */
export const responseProbes = {
  async queryParameters(api) {
    const unknown = await api.get(list, [['no_such_parameter', '1']]);
    const empty = await api.get(list, [['status', '']]);
    const repeated = await api.get(list, [
      ['status', 'open'],
      ['status', 'open'],
    ]);
    return result(
      unknown.status === 200 && empty.status === 400 && repeated.status === 400,
      `unknown: ${unknown.status}, empty: ${empty.status}, repeated: ${repeated.status}`,
    );
  },

  async errorBodies(api) {
    const badValue = await api.get(list, [['status', 'no-such-status']]);
    const errors = [
      { name: 'wrong key', expected: 401, response: await api.get(list, [], wrongKey) },
      { name: 'unknown id', expected: 404, response: await api.get(sessionPath(unknownId)) },
      { name: 'invalid value', expected: 400, response: badValue },
    ];
    const namesField = String(parseObject(badValue.text)['message']).includes('status');
    const details = errors.map(({ name, response }) => {
      const members = Object.keys(parseObject(response.text)).slice(0, 6);
      return `${name}: ${response.status} {${members.map((key) => key.slice(0, 20)).join(', ')}}`;
    });
    return result(
      namesField &&
        errors.every(({ expected, response }) => response.status === expected && isDocumentedError(response)),
      `${details.join('; ')}; the message ${namesField ? 'names' : 'does not name'} the field`,
    );
  },

  async rateLimit(api) {
    const { limit } = readRateLimit((await api.get(list)).headers);
    if (limit === undefined) return unclear('no X-RateLimit-Limit header');
    return result(limit === assumptions.rateLimit.value, `X-RateLimit-Limit is ${limit}`);
  },

  async rateHeaders(api) {
    const { remaining, reset } = readRateLimit((await api.get(list)).headers);
    if (remaining === undefined || reset === undefined) {
      return unclear('no X-RateLimit-Remaining or X-RateLimit-Reset header');
    }
    // A timestamp would be far greater than the seconds of a window.
    return result(reset <= 3600, `X-RateLimit-Reset is ${reset}, X-RateLimit-Remaining is ${remaining}`);
  },

  async sessionIdForm(api) {
    const { status } = await api.get(sessionPath(malformedId));
    return result(status === 404, `an id that is not a UUID: ${status}`);
  },

  async ids(api) {
    const id = (await firstPage(api)).items.map(idOf).find((one) => one !== one.toUpperCase());
    if (id === undefined) return unclear('no id with a letter found');
    const { status } = await api.get(sessionPath(id.toUpperCase()));
    return result(status === 200, `an id in upper case: ${status}`);
  },

  async search(api) {
    const { items } = await firstPage(api);
    const person = items.find(({ contact }) => typeof contact?.['name'] === 'string')?.contact;
    if (!person) return unclear('no contact with a name found');
    const name = String(person['name']);
    const byName = await search(api, name);
    const byPrefix = await search(api, name.slice(0, -1));
    const finds = ({ contacts }: Found) => contacts.some(({ id }) => id === person['id']);
    const contacts = Math.max(byName.contacts.length, byPrefix.contacts.length);
    const messages = Math.max(byName.messages.length, byPrefix.messages.length);
    const found = (results: Found) => (finds(results) ? 'found' : 'not found');
    return result(
      finds(byName) && finds(byPrefix) && contacts <= maxResults.contacts && messages <= maxResults.messages,
      `contact by full name: ${found(byName)}, by a prefix: ${found(byPrefix)}; largest results: contacts ${contacts}, messages ${messages}`,
    );
  },
} as const satisfies Partial<Record<keyof typeof assumptions, Probe>>;

interface Found {
  readonly contacts: readonly { readonly id?: unknown }[];
  readonly messages: readonly unknown[];
}

async function search(api: ApiReader, q: string): Promise<Found> {
  const { text } = await api.get(routes.searchSessions.path, [['q', q]]);
  const { contacts, messages } = parseObject(text);
  return {
    contacts: Array.isArray(contacts) ? contacts.map(Object) : [],
    messages: Array.isArray(messages) ? messages : [],
  };
}
