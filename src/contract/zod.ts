import { z } from 'zod/v3';

/**
 * The only import of zod. It uses the zod 3 API because zod-to-json-schema supports no other: for a zod 4 schema it
 * returns an empty JSON Schema and no error.
 */
export { z };

/** The rest of a sentence whose subject is the value: zod's own messages speak of types. A message of a schema is kept. */
z.setErrorMap((issue, { defaultError }) => ({ message: plainWords(issue) ?? defaultError }));

function plainWords(issue: z.ZodIssueOptionalMessage): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue);
    case 'invalid_enum_value':
    case 'invalid_union_discriminator':
      return `must be one of ${issue.options.join(', ')}`;
    case 'unrecognized_keys':
      return `has unknown keys: ${issue.keys.join(', ')}`;
    case 'invalid_literal':
      return `must be ${JSON.stringify(issue.expected)}`;
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue);
    case 'not_finite':
      return 'must be a finite number';
    default:
      return undefined;
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  null: 'null',
};

function wrongType({ expected, received }: z.ZodInvalidTypeIssue): string | undefined {
  if (received === 'undefined') return 'is required';
  // An enum names its values, each in quotes.
  if (expected.startsWith("'")) return `must be one of ${expected.slice(1, -1).replaceAll("' | '", ', ')}`;
  const wanted = kinds[expected];
  // A fraction is received as "float".
  if (expected === 'integer') return `must be ${wanted}`;
  const given = kinds[received];
  return wanted && (given === undefined ? `must be ${wanted}` : `must be ${wanted}, not ${given}`);
}

function tooSmall({ type, minimum, inclusive }: z.ZodTooSmallIssue): string | undefined {
  if (type === 'number') return `must be ${inclusive ? 'at least' : 'more than'} ${minimum}`;
  const unit = units[type];
  if (unit === undefined) return undefined;
  return minimum === 1 ? 'must not be empty' : `must have at least ${minimum} ${unit}`;
}

function tooBig({ type, maximum, inclusive }: z.ZodTooBigIssue): string | undefined {
  if (type === 'number') return `must be ${inclusive ? 'at most' : 'less than'} ${maximum}`;
  const unit = units[type];
  return unit && `must have at most ${maximum} ${unit}`;
}

const units: Readonly<Record<string, string>> = { string: 'characters', array: 'items' };
