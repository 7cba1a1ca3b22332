import { SessionChannel, SessionCustomData, Uuid } from '../contract/primitives.ts';
import { CreateSessionBody } from '../contract/session.ts';
import { z } from '../contract/zod.ts';
import { NotAllowedError } from '../conversations/errors.ts';
import { CreatedView, presentCreated } from '../presenters/write-results.ts';
import { defineTool } from './tool.ts';

export const createSession = defineTool({
  name: 'create_session',
  title: 'Create a support session',
  description:
    'Create an empty session; write into it with send_message. Pass contact_id for an existing contact, or describe one in contact. custom_data (flat) stays on the session and is not synced to a linked ticketing system.',
  effect: { write: true, destructive: false, idempotent: false, openWorld: false },
  input: z
    .object({
      channel_type: SessionChannel.describe('Channel').default('api'),
      contact_id: Uuid.describe('UUID; wins over contact').optional(),
      contact: CreateSessionBody.shape.contact.unwrap().strict().describe('The person').optional(),
      verified: z
        .boolean()
        .describe('true asserts that the identity was proven; needs the operator’s permission')
        .optional(),
      custom_data: SessionCustomData.describe('Flat').optional(),
    })
    .strict(),
  output: CreatedView,

  async run({ channel_type, ...body }, { client, call, allowVerified }) {
    if (body.verified === true && !allowVerified) {
      throw new NotAllowedError(
        'verified: true vouches for a person’s identity, and this server was started without --allow-verified. Leave verified out to create the session with a claimed identity',
      );
    }
    return client.createSession({ channel: { type: channel_type }, ...body }, call);
  },

  present: ({ id }, context) => presentCreated(id, context),
});
