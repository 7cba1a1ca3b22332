import { describe, expect, it } from 'vitest';
import { parseBody, readAnswer, readSent } from '../../src/client/answers.ts';
import { InvalidResponseError } from '../../src/client/errors.ts';
import { Uuid } from '../../src/contract/primitives.ts';
import { z } from '../../src/contract/zod.ts';
import { failureOf } from '../support/fakes/http-server.ts';

const page = z.object({ items: z.array(z.object({}).passthrough()), next: z.string().nullable() });
const read = (json: unknown, schema: z.AnyZodObject = page) => readAnswer(schema, JSON.stringify(json));
const pageOf = (length: number) => ({ items: Array.from({ length }, () => ({})), next: 'c2' });

/** A page whose text has this many characters. */
function pageOfCharacters(characters: number) {
  const empty = { items: [{ filler: '' }], next: null };
  const filler = 'x'.repeat(characters - JSON.stringify(empty).length);
  return { ...empty, items: [{ filler }] };
}

describe('a page', () => {
  it('of a thousand items is read as it is', async () => {
    expect(await read(pageOf(1000))).toEqual(pageOf(1000));
  });

  it('with more items is shortened, and says how many it lost', async () => {
    expect(await read(pageOf(1002))).toEqual({ ...pageOf(1000), left_out: 2 });
  });

  it('with more values than can be read says how many items it lost in all', async () => {
    expect(await read(pageOf(400_000))).toMatchObject({ ...pageOf(1000), left_out: 399_000 });
  });

  it('says its length if it is large', async () => {
    const [usual, large] = [pageOfCharacters(500_000), pageOfCharacters(500_001)];
    expect(await read(usual)).toEqual(usual);
    expect(await read(large)).toEqual({ ...large, characters: 500_001 });
  });
});

describe('an answer', () => {
  it('that is no page does not say its length', async () => {
    const answer = { text: 'x'.repeat(600_000) };
    expect(await read(answer, z.object({ text: z.string() }))).toEqual(answer);
  });

  it.each([
    ['one turn', 'small', 20, 0],
    ['three turns, so that other calls go on', 'large', 600_000, 3],
  ])('is read in %s of the event loop if it is %s', async (_, __, characters, expected) => {
    let turns = 0;
    let isOver = false;
    const count = () => {
      if (isOver) return;
      turns += 1;
      setImmediate(count);
    };
    setImmediate(count);
    await read({ text: 'x'.repeat(characters) }, z.object({ text: z.string() }));
    isOver = true;
    expect(turns).toBe(expected);
  });

  it.each([
    ['{"id":7}', '(id: expected a string)'],
    ['[]', '(expected an object)'],
    ['null', '(expected an object)'],
  ])('%s says what is not as documented', async (text, problem) => {
    const error = await failureOf(readAnswer(z.object({ id: Uuid }), text));
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect((error as Error).message).toContain(`its body is not as documented ${problem}.`);
  });

  it('with too many members is not read', async () => {
    const members = `{${'"a":0,'.repeat(200_000)}"b":0}`;
    expect(await failureOf(readAnswer(page, members))).toMatchObject({
      name: 'InvalidResponseError',
      message: 'The API answered with success, but its body has too many values.',
    });
    expect(() => parseBody(members)).toThrow(InvalidResponseError);
  });

  it('that this program cannot read is a bug', async () => {
    const broken = Object.defineProperty(z.object({}), 'shape', {
      get() {
        throw new RangeError('bug');
      },
    });
    expect(await failureOf(readAnswer(broken, '{}'))).toBeInstanceOf(RangeError);
  });

  it.each(['<html>', ''])('%j is not JSON', (text) => {
    expect(() => parseBody(text)).toThrow('its body is not JSON');
  });
});

describe('the answer to a message', () => {
  const sent = (id: unknown, success: unknown = true) =>
    readSent(JSON.stringify({ success, data: { message: { id } }, message: 'Hm.' }), 'a-secret-key');

  it('has its id', () => {
    expect(sent('m1')).toEqual({ outcome: 'sent', messageId: 'm1' });
  });

  it.each([
    ['an empty id', sent('')],
    ['a blank id', sent(' ')],
    ['no id', sent(undefined)],
    ['another id', sent(7)],
    ['no success', sent('m1', false)],
    ['another success', sent('m1', 'true')],
  ])('with %s leaves open what became of it', (_, outcome) => {
    expect(outcome).toMatchObject({
      outcome: 'unknown',
      error: { kind: 'invalid_response', apiMessage: 'Hm.' },
    });
  });

  it('shows no key, however the API spells it', () => {
    const text = JSON.stringify({ message: 'It was a-se\u200bcret-key.' });
    expect(readSent(text, 'a-secret-key')).toMatchObject({ error: { apiMessage: 'It was [key].' } });
  });

  it.each(['null', '7', '{}', '{"success":true}', '{"success":true,"data":{}}'])('may be %s', (text) => {
    expect(readSent(text, 'k')).toMatchObject({ outcome: 'unknown' });
  });
});
