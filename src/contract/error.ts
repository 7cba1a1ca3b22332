import { z } from './zod.ts';

/** The common error body; no field is required. Source: `ErrorDto` in the create and list documents. */
export const ErrorBody = z.object({
  statusCode: z.number().int().optional(),
  message: z.string().optional(),
  error: z.string().optional(),
});
