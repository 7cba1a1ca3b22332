import { z } from './zod.ts';

/** The error body of every operation. No field is required. Source: `ErrorDto` on Create Session and List Sessions. */
export const ErrorBody = z.object({
  statusCode: z.number().int().optional(),
  message: z.string().optional(),
  error: z.string().optional(),
});
