import fc from 'fast-check';
import { anyCharacter, webAddresses } from '../text/arbitraries.ts';

/** The part of JSON Schema that the sandbox's document uses. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<{ [key: string]: Schema }>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
}

/** An operation of the document. */
export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<{ [status: string]: unknown }>;
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}

/** A generated request. */
export interface Attempt {
  readonly operation: Operation;
  /** A raw path segment, or the index of a known session. */
  readonly session: string | number;
  readonly query: Readonly<{ [name: string]: unknown }>;
  readonly body: unknown;
}

/** A key that no schema has. Its value must not be stored. */
export const canary = 'zz_canary';

/** Values for text fields. */
const texts = fc.oneof(
  { weight: 5, arbitrary: fc.string({ unit: 'grapheme' }) },
  { weight: 1, arbitrary: fc.string({ unit: anyCharacter }) },
  fc.constantFrom(
    'Where is my parcel? Order ord_10482 <b>should</b> be here.',
    '',
    ' ',
    '\0',
    'half a pair \ud800',
    'null',
    "'; drop table sessions; --",
    '{{7*7}} %s %00',
    '\u202eright to left',
    'word '.repeat(2000),
    'x'.repeat(20_000),
  ),
);

/** Typical values by field name. */
const typical: Readonly<{ [name: string]: fc.Arbitrary<string> }> = {
  text: fc.lorem(),
  url: webAddresses,
  base64: fc.base64String(),
  mime_type: fc.constantFrom('text/plain', 'image/png', 'x', 'text/html; charset=utf-8', 'a/b\r\nc: d'),
  cursor: fc.base64String(),
  ...Object.fromEntries(
    ['created_after', 'created_before', 'updated_after', 'updated_before'].map((name) => [
      name,
      fc
        .tuple(fc.date({ noInvalidDate: true }), fc.constantFrom(4, 10, 16, 19, 20, 24))
        .map(([date, length]) => date.toISOString().slice(0, length)),
    ]),
  ),
};

const keys = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('order_id', 'plan', 'constructor', 'toString', '__proto__', ''),
);

const anything = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 4, arbitrary: texts },
  { weight: 4, arbitrary: fc.constantFrom(null, -0, 1e308, [], {}, [[]]) },
  fc.constant(nested(150)),
);

function nested(depth: number): unknown {
  return depth === 0 ? 'deep' : { a: nested(depth - 1) };
}

/**
 * Values of a schema.
 * @param careless makes some of the values, or parts of them, invalid.
 */
function valuesOf(schema: Schema, careless: boolean, name = ''): fc.Arbitrary<unknown> {
  const valid = validValues(schema, careless, name);
  if (!careless) return valid;
  return fc.oneof({ weight: 20, arbitrary: valid }, { weight: 1, arbitrary: anything });
}

function validValues(schema: Schema, careless: boolean, name: string): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => valuesOf(one, careless)));
  if (schema.pattern !== undefined) {
    const form = new RegExp(schema.pattern);
    // Few addresses, so that contacts match.
    const emails = fc.constantFrom('kit@example.com', 'KIT@example.com', 'ann@example.com');
    return (form.test('a@example.com') ? emails : fc.uuid()).filter((text) => form.test(text));
  }
  if (Array.isArray(schema.type)) {
    return fc.oneof(...schema.type.map((type) => validValues({ ...schema, type }, careless, name)));
  }
  switch (schema.type) {
    case 'string':
      return fc.oneof({ weight: 4, arbitrary: typical[name] ?? texts }, { weight: 1, arbitrary: texts });
    case 'boolean':
      return fc.boolean();
    case 'number':
      return fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, careless), { maxLength: 2, size: 'xsmall' });
    case 'object':
      return objectsOf(schema, careless);
    default:
      return anything;
  }
}

function objectsOf(schema: Schema, careless: boolean): fc.Arbitrary<unknown> {
  const { properties, required = [], additionalProperties } = schema;
  if (!properties) {
    const values = typeof additionalProperties === 'object' ? additionalProperties : {};
    return fc.dictionary(keys, valuesOf(values, careless), { maxKeys: 4 });
  }
  const members = Object.entries(properties).map(
    ([name, member]) => [name, valuesOf(member, careless, name)] as const,
  );
  const complete = fc.record(Object.fromEntries(members), { requiredKeys: [...required] });
  const incomplete = fc.record(Object.fromEntries(members), { requiredKeys: [] });
  const known = careless
    ? fc.oneof({ weight: 9, arbitrary: complete }, { weight: 1, arbitrary: incomplete })
    : complete;
  const unknown = fc.option(anything, { nil: undefined });
  return fc
    .tuple(known, unknown)
    .map(([object, value]) =>
      value === undefined ? object : { ...object, [canary]: [value, canary], [`${canary} `]: canary },
    );
}

/** Path segments that name no session, or are malformed. */
const strangeSegments = fc.oneof(
  fc.uuid(),
  texts.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 500)),
  fc.constantFrom(
    '%',
    '%00',
    '%ff',
    '%2e%2e',
    'a%2Fb',
    '..',
    '.',
    'search',
    'undefined',
    "x'--",
    '%F0%9F%98%80',
  ),
);

/** Requests to an operation. */
export function attempts(operation: Operation): fc.Arbitrary<Attempt> {
  const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const schema = operation.requestBody?.content['application/json'].schema;
  const made = (careless: boolean) => {
    const query = Object.fromEntries(
      parameters.map((parameter) => [parameter.name, valuesOf(parameter.schema, careless, parameter.name)]),
    );
    const requiredKeys = parameters.filter(({ required }) => required).map(({ name }) => name);
    return fc.record({
      operation: fc.constant(operation),
      session: fc.oneof({ weight: 5, arbitrary: fc.nat() }, { weight: 1, arbitrary: strangeSegments }),
      // At most two, because a list with more filters is usually empty.
      query: fc
        .tuple(fc.record(query, { requiredKeys }), fc.nat(), fc.nat())
        .map(([all, one, two]) => chosen(all, requiredKeys, [one, two])),
      body: schema ? valuesOf(schema, careless) : fc.constant(undefined),
    });
  };
  return fc.oneof(made(false), made(true));
}

function chosen(all: { [name: string]: unknown }, required: readonly string[], picks: readonly number[]) {
  const names = Object.keys(all);
  const kept = new Set([...required, ...picks.map((pick) => names[pick % (2 * names.length)])]);
  return Object.fromEntries(Object.entries(all).filter(([name]) => kept.has(name)));
}
