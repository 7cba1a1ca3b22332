import type { Service } from '../service.ts';
import { createSession } from './create-session.ts';
import { sendMessage } from './send-message.ts';

/** A customer at a chat window: writes without the API, and so without its rate limit and faults. */
export interface Visitor {
  /**
   * Opens a session with a first message. Name and email are claims, as from any visitor of a web site.
   * @returns its id.
   */
  open(message: { readonly name?: string; readonly email?: string; readonly text: string }): Promise<string>;
  /** @throws Refusal 404 for an unknown session. */
  write(sessionId: string, text: string): Promise<void>;
}

export function visitor(service: Service): Visitor {
  const write = async (sessionId: string, text: string) => {
    await sendMessage(service, sessionId, { sender: 'contact', message: { type: 'text', text } });
  };
  return {
    async open({ text, ...contact }) {
      const { id } = await createSession(service, { channel: { type: 'web' }, contact });
      await write(id, text);
      return id;
    },
    write,
  };
}
