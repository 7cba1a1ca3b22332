import type { SessionsClient } from '../client/client.ts';
import type { HistoryItem, SearchResults, Session } from '../contract/entities.ts';
import { mayBeCustomer, partyOf } from '../contract/history.ts';
import type { Context } from '../conversations/context.ts';
import type { SendQuestion } from '../conversations/sending/send-question.ts';
import type { Failure } from '../presenters/failure.ts';
import type { Presented } from '../presenters/rendering/rendering.ts';
import type { HistoryMemory } from '../state/principal/history-memory.ts';
import { type PersonalDataKind, standIn } from '../text/personal-data/kinds.ts';
import { countStandIns, type RedactionRules, Redactor } from '../text/personal-data/redactor.ts';
import type { AnyTool } from '../tools/index.ts';

interface ResolvedCall {
  readonly input: Readonly<Record<string, unknown>>;
  readonly context: Context;
}

/** Personal data in one call: what its answer must not show, and what is known about the people in it. */
export class Redaction {
  readonly #redactor: Redactor;
  readonly #views = new WeakSet<object>();

  constructor(rules: RedactionRules) {
    this.#redactor = new Redactor(rules);
  }

  /** For presenters. */
  readonly forPresenting = {
    view: <T>(view: T): T => {
      const redacted = this.#redactor.view(view);
      if (typeof redacted === 'object' && redacted !== null) this.#views.add(redacted);
      return redacted;
    },
    text: (text: string) => this.#redactor.text(text),
  };

  /** The client, which also notes the people in what it reads. */
  noting(client: SessionsClient): SessionsClient {
    return {
      ...client,
      getSession: async (...wanted) => {
        const session = await client.getSession(...wanted);
        this.noteSession(session);
        return session;
      },
      listSessions: async (...wanted) => {
        const page = await client.listSessions(...wanted);
        for (const session of page.items) this.noteSession(session);
        return page;
      },
      sessionPages: (...wanted) =>
        eachPage(client.sessionPages(...wanted), ({ items }) => {
          for (const session of items) this.noteSession(session);
        }),
      searchSessions: async (...wanted) => {
        const results = await client.searchSessions(...wanted);
        for (const contact of results.contacts) this.#noteHit(contact);
        return results;
      },
      listHistory: async (...wanted) => {
        const page = await client.listHistory(...wanted);
        this.#noteSenders(page.items);
        return page;
      },
      historyPages: (...wanted) =>
        eachPage(client.historyPages(...wanted), ({ items }) => this.#noteSenders(items)),
    };
  }

  /** The memory, which also notes the people in what it remembers. */
  remembering(histories: HistoryMemory): HistoryMemory {
    return {
      read: (sessionId) => {
        const reading = histories.read(sessionId);
        for (const { items } of reading.known?.pages ?? []) this.#noteSenders(items);
        return reading;
      },
      forget: (sessionId) => histories.forget(sessionId),
    };
  }

  /**
   * A stand-in in the arguments of a call. It would be sent to the customer as it is, or searched for in vain.
   * @returns the sentence that refuses it; undefined if there is none. `attachment` may name a file as it was shown.
   */
  standInProblem(callArguments: unknown): string | undefined {
    for (const [name, value] of Object.entries(callArguments as object)) {
      if (name !== 'attachment' && JSON.stringify(value)?.match(standIn))
        return `\`${name}\` has a stand-in for redacted data, which means nothing outside this conversation. Leave it out: address a person without their name, and find a session by its id or ticket number.`;
    }
    return undefined;
  }

  /**
   * Reads the session that a call names, so that the names of its contact are known before its messages are shown. Tools
   * that write read it themselves.
   * @returns the context of the call, with the session for tools that need it.
   */
  async withContact({ effect }: AnyTool, { input, context }: ResolvedCall): Promise<Context> {
    const { session_id: id } = input;
    if (!this.#redactor.has('name') || effect.write || typeof id !== 'string') return context;
    const fetched = context.fetched ?? (await context.client.getSession(id, context.call));
    this.noteSession(fetched);
    return { ...context, fetched };
  }

  /** Notes the people of a session that was not read with `noting`. */
  noteSession({ contact }: Session): void {
    if (!contact) return;
    this.#redactor.note({
      names: [contact.name, contact.non_verified_name],
      emails: [contact.email, contact.non_verified_email],
      phones: [contact.phone_number],
    });
  }

  #noteHit({ name, email, phone }: SearchResults['contacts'][number]): void {
    this.#redactor.note({ names: [name], emails: [email], phones: [phone] });
  }

  #noteSenders(items: readonly HistoryItem[]): void {
    const senders = items
      .map(({ event }) => event.sender)
      .filter((sender) => mayBeCustomer(partyOf(sender?.type)));
    const names = [...new Set(senders.map((sender) => sender?.name))];
    if (names.length > 0) this.#redactor.note({ names });
  }

  /** A question before a send: what it says about the contact is replaced, what would be sent is not. */
  question(question: SendQuestion): SendQuestion {
    return { ...question, session: this.#redactor.view(question.session) };
  }

  /** A failure: what the API said is the text of others, the rest may repeat a value. */
  failure({ what, changed, next, apiMessage }: Failure): Failure {
    const message = (text: string) => this.#redactor.message(text);
    return {
      what: message(what),
      changed: message(changed),
      next: message(next),
      ...(apiMessage !== undefined && { apiMessage: this.#redactor.text(apiMessage) }),
    };
  }

  /** A sentence of ours, which may repeat a value of others. */
  message(text: string): string {
    return this.#redactor.message(text);
  }

  text(text: string): string {
    return this.#redactor.text(text);
  }

  /**
   * The text of an answer without pictures, and with the number of values that were replaced; the same for its JSON.
   * @throws Error if the view was not redacted: then its presenter does not use `presented`.
   */
  finish({ view, text, images }: Presented<object>): {
    text: string;
    images: undefined;
    counts: { redacted?: Counts };
  } {
    if (!this.#views.has(view)) throw new Error('A view was not made by presented().');
    const redacted = countStandIns(JSON.stringify(view));
    const isAny = Object.keys(redacted).length > 0;
    const lines = [
      ...(images ? ['The picture is not shown: personal data in it cannot be replaced.'] : []),
      ...(isAny ? [redactedLine(redacted)] : []),
    ];
    return { text: [...lines, text].join('\n'), images: undefined, counts: isAny ? { redacted } : {} };
  }
}

type Counts = Partial<Record<PersonalDataKind, number>>;

const nouns: Readonly<Record<PersonalDataKind, string>> = {
  email: 'email',
  phone: 'phone',
  card: 'card',
  iban: 'IBAN',
  name: 'name',
};

/** `Redacted: email 2, name 5.` */
function redactedLine(counts: Counts): string {
  const parts = Object.entries(counts).map(([kind, count]) => `${nouns[kind as PersonalDataKind]} ${count}`);
  return `Redacted: ${parts.join(', ')}. Other personal data may be left.`;
}

async function* eachPage<Page>(
  pages: AsyncGenerator<Page, void, undefined>,
  note: (page: Page) => void,
): AsyncGenerator<Page, void, undefined> {
  for await (const page of pages) {
    note(page);
    yield page;
  }
}
