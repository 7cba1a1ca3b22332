import { z } from '../../contract/zod.ts';

/**
 * One of the words of an enumeration, published as a plain string: another tool lists the words already, and each list
 * costs tokens. A wrong word is answered with all of them.
 */
export function named(words: z.ZodEnum<[string, ...string[]]>) {
  return z.string().refine((word) => words.safeParse(word).success, {
    message: `must be one of ${words.options.join(', ')}`,
  });
}

const length = 'must have 1 to 500 characters';

/** Words to look for. */
export const Words = z.string().trim().min(1, length).max(500, length);
