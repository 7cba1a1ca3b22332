import { homedir } from 'node:os';
import { baseUrlProblem } from '../../client/base-url.ts';
import { z } from '../../contract/zod.ts';

export const onOff = z
  .string()
  .regex(/^(?:1|0|true|false|yes|no|on|off)?$/i, 'must be true or false')
  .transform((text) => /^(?:1|true|yes|on)$/i.test(text));

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

export const numberOrOff = (max: number) => {
  const accepted = `must be a whole number from 0 to ${max}, or off`;
  return z
    .string()
    .regex(/^(?:\d+|off)$/i, accepted)
    .transform((text) => (/^off$/i.test(text) ? ('off' as const) : Number(text)))
    .refine((value) => value === 'off' || value <= max, accepted);
};

export const names = z.string().transform((text) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean),
);

/** A path, with `~` expanded: clients start the server without a shell. */
export const path = z.string().transform((text) => text.replace(/^~(?=$|[/\\])/, () => homedir()));

export const apiUrl = z.string().transform((text, context) => {
  const problem = baseUrlProblem(text);
  if (problem === undefined) return text.replace(/\/+$/, '');
  context.addIssue({ code: z.ZodIssueCode.custom, message: problem });
  return z.NEVER;
});
