import { SessionChannel, SessionCustomData, Uuid } from '../contract/primitives.ts';
import { CreateSessionBody } from '../contract/session.ts';
import { z } from '../contract/zod.ts';
import { CreatedView, presentCreated } from '../presenters/sending/write-results.ts';
import { defineTool } from './tool.ts';

export const createSession = defineTool({
  name: 'create_session',
  title: 'Create a support session',
  description:
    'Create an empty session; write with send_message. Pass contact_id, or describe a person in contact. custom_data stays on the session and is not synced to a linked ticketing system.',
  effect: { write: true, destructive: false, idempotent: false, openWorld: false },
  input: z
    .object({
      channel_type: SessionChannel.describe('Channel').default('api'),
      contact_id: Uuid.describe('UUID; needs the operator’s permission').optional(),
      contact: CreateSessionBody.shape.contact.unwrap().strict().describe('The person').optional(),
      verified: z.boolean().describe('The identity was proven; needs the operator’s permission').optional(),
      custom_data: SessionCustomData.describe('Flat').optional(),
      allow_duplicate: z.boolean().describe('Create it again').default(false),
    })
    .strict(),
  output: CreatedView,

  async run({ channel_type, allow_duplicate, ...rest }, context) {
    const body = { channel: { type: channel_type }, ...rest };
    const { requirePermission } = await import('../conversations/sending/require-permission.ts');
    const { createOnce } = await import('../conversations/sending/create-once.ts');
    await requirePermission({ operation: 'createSession', body }, context);
    return createOnce(body, allow_duplicate, context);
  },

  present: presentCreated,
});
