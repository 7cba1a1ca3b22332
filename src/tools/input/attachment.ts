import { maxAttachmentBytes } from '../../contract/message.ts';
import { z } from '../../contract/zod.ts';
import { imageType } from '../../text/file-content.ts';

/** Types whose content can be recognised. That reveals an image that a model made up, and a wrong type. */
const recognised = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** An attachment, by URL or with its content. Sending it does not fetch the URL. */
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
      .max(Math.ceil(maxAttachmentBytes / 3) * 4, 'is larger than 5 MB; give its url instead')
      .refine(isBase64, 'must be base64, without a data: prefix')
      .refine((text) => text.length % 4 === 0, 'must be base64, padded to a multiple of four characters')
      .refine(
        (text) => Buffer.byteLength(text, 'base64') <= maxAttachmentBytes,
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
    else if (base64 !== undefined && mime_type === undefined) problem('needs a mime_type with base64');
    else if (base64 !== undefined && !mayBe(mime_type?.toLowerCase() ?? '', base64)) {
      problem(`is not ${mime_type}: its content does not begin like such a file`);
    }
  });

/** One pattern for the whole text can overflow the stack on a file of several megabytes. */
function isBase64(text: string): boolean {
  const content = text.replace(/={1,2}$/, '');
  return content !== '' && !/[^A-Za-z0-9+/]/.test(content);
}

function mayBe(type: string, base64: string): boolean {
  return !recognised.has(type) || imageType(Buffer.from(base64.slice(0, 64), 'base64')) === type;
}
