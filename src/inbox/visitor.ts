import { z } from '../contract/zod.ts';

/** Writes as a customer. Only a sandbox has it. */
export interface Visitor {
  /** Opens a session with a first message. Name and email are claims. @returns its id. */
  open(message: { readonly name?: string; readonly email?: string; readonly text: string }): Promise<string>;
  /** @throws an error with `status` 404 for an unknown session. */
  write(sessionId: string, text: string): Promise<void>;
}

const text = z.string().trim().min(1, 'Write a message first.').max(20_000, 'The message is too long.');

export const VisitorMessage = z.object({ text }).strict();

/** Empty fields of the form count as not filled in. */
const optional = (schema: z.ZodString) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

export const VisitorOpening = z
  .object({
    name: optional(z.string().trim().max(100)),
    email: optional(z.string().trim().max(200).email('This is not an email address.')),
    text,
  })
  .strict();
