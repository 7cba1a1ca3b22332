import type { SendMessageBody } from '../../client/client.ts';
import type { Session } from '../../contract/entities.ts';

/** What a person is asked before a message is sent. */
export interface SendQuestion {
  readonly session: Session;
  readonly body: SendMessageBody;
  /** Why the message may not fit the conversation any more. */
  readonly warning?: 'newest_unknown' | 'not_read' | 'written_since' | undefined;
  /** Hash of what the person is shown and of the time of the customer's newest message. An answer is valid for it only. */
  readonly digest: string;
}

/** A use case that cannot continue without a person. Run it again with `Context.confirmation` set. */
export class InputRequired {
  readonly question: SendQuestion;

  constructor(question: SendQuestion) {
    this.question = question;
  }
}
