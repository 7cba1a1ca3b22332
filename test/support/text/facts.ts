import { expect } from 'vitest';

/** The forms that a value of the JSON may have in the text. */
function forms(value: string | number): string[] {
  if (typeof value === 'number') return value === 0 ? ['0', 'no ', 'No '] : [String(value)];
  return [
    value,
    JSON.stringify(value),
    JSON.stringify(value.replace(/\s+/g, ' ').trim()),
    // A longer text, on its own lines.
    value.replace(/[^\S\n]+$/gm, '').replace(/^/gm, '|   '),
    // Only the time of day, if the previous time is on the same day.
    ...(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/.test(value) ? [value.slice(11), value.slice(11, 16)] : []),
    value === '' ? 'no visible text' : value.replace(/^./u, (first) => first.toUpperCase()),
  ];
}

/** Words of the text that say that a boolean is true, or that an object is present. */
const signs: Readonly<Record<string, string | RegExp>> = {
  handed_off: 'handed_off',
  complete: /^Complete: /m,
  assist_mode: 'assist mode on',
  claimed: 'claimed: ',
  customer_waiting: /customer is waiting|CUSTOMER WAITING/,
  more: /there are more|goes on/,
  newest_reached: 'NEWEST',
  oldest_reached: 'There may be older ones',
  handoff: 'Handed off to a human',
  unreadable: 'contact could not be read',
};

/** Expects every value of the JSON in the text. */
export function expectFacts(value: unknown, text: string, path = '') {
  const key = path.split('.').at(-1) ?? '';
  if (Array.isArray(value)) for (const one of value) expectFacts(one, text, path);
  else if (key === 'custom_data') expectOneOf([`data ${JSON.stringify(value)}`], text, path);
  else if (key === 'arguments') expectOneOf([JSON.stringify(value)], text, path);
  else if (typeof value === 'object' && value !== null) {
    if (key === 'handoff') expect(text).toMatch(signs[key] as string);
    for (const [name, one] of Object.entries(value)) expectFacts(one, text, `${path}.${name}`);
  } else if (typeof value === 'boolean') {
    const sign = signs[key];
    if (sign === undefined) {
      expect.fail(
        `${path}: it is unknown how the text says this. Add it to signs in test/support/text/facts.ts.`,
      );
    }
    const isSaid = new RegExp(sign).test(text);
    // Two members are present only if they are false.
    if (isSaid === (value !== key.endsWith('_reached'))) return;
    expect.fail(
      `${path} is ${value}, but the text ${isSaid ? 'says' : 'does not say'} ${sign}\n---\n${text}`,
    );
  } else expectOneOf(forms(value as string | number), text, path);
}

function expectOneOf(wanted: readonly string[], text: string, path: string) {
  if (wanted.some((one) => text.includes(one))) return;
  expect.fail(`${path} is not in the text: ${wanted[0]}\n---\n${text}`);
}
