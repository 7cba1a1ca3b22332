import { assumptions } from '../../contract/assumptions.ts';
import { z } from '../../contract/zod.ts';

/** What the nearest documented upload takes. */
const maxBytes = assumptions.attachmentSize.value;

/**
 * How a file of a type begins, byte by byte (PNG 1.2, section 3.1; JPEG's SOI marker; GIF89a, section 17; RIFF). A model
 * that makes up the content of an image, or takes one type for another, does not come by it.
 */
const signatures: Readonly<Record<string, string>> = {
  'image/png': '\x89PNG\r\n\x1a\n',
  'image/jpeg': '\xff\xd8\xff',
  'image/gif': 'GIF8',
  'image/webp': 'RIFF',
};

/** A file of a message, by its address or by its content. The server itself reads neither. */
export const Attachment = z
  .object({
    name: z.string().max(255).optional(),
    url: z
      .string()
      .max(2000)
      .regex(/^https:\/\/\S+$/i, 'must be an https URL')
      .optional(),
    base64: z
      .string()
      .min(1, 'must not be empty')
      .max(Math.ceil(maxBytes / 3) * 4, 'is larger than 5 MB; give its url instead')
      // One character class and a length: a pattern of groups overflows the stack on a file of some megabytes.
      .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be base64, without a data: prefix')
      .refine((text) => text.length % 4 === 0, 'must be base64, padded to a multiple of four characters')
      .refine(
        (text) => Buffer.byteLength(text, 'base64') <= maxBytes,
        'is larger than 5 MB; give its url instead',
      )
      .optional(),
    mime_type: z
      .string()
      .regex(/^[\w.+-]{1,80}\/[\w.+-]{1,80}$/, 'must be a media type such as application/pdf')
      .optional(),
  })
  .strict()
  .superRefine(({ url, base64, mime_type }, context) => {
    const problem = (message: string) => context.addIssue({ code: z.ZodIssueCode.custom, message });
    if ((url === undefined) === (base64 === undefined)) problem('needs exactly one of url and base64');
    else if (base64 !== undefined && mime_type === undefined) problem('needs a mime_type beside base64');
    else if (base64 !== undefined && !begins(base64, signatures[mime_type?.toLowerCase() ?? ''])) {
      problem(`holds no ${mime_type}: its content does not begin as such a file does`);
    }
  });

function begins(base64: string, signature = ''): boolean {
  return Buffer.from(base64.slice(0, 16), 'base64').toString('latin1').startsWith(signature);
}
