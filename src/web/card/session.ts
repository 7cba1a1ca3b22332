/**
 * A session as view_session answers it. The data comes through the host, which may change or drop it, so every field is
 * checked. What is not as expected is left out.
 */
export interface CardSession {
  readonly id: string;
  readonly ticketNumber: number | undefined;
  readonly status: string;
  readonly channel: string;
  readonly sentiment: string | undefined;
  readonly isWithPeople: boolean;
  readonly verified: Identity | undefined;
  readonly claimed: Identity | undefined;
  readonly phone: string | undefined;
  readonly handoff: string | undefined;
  readonly summary: string | undefined;
  /** Undefined if it is not known who wrote last. */
  readonly isCustomerWaiting: boolean | undefined;
  readonly waitingSince: string | undefined;
  /** The newest ones, in reading order. */
  readonly messages: readonly CardMessage[];
  readonly note: string | undefined;
  /** Messages of the assistant that wait for a person, or did. */
  readonly drafts: readonly CardDraft[];
  readonly draftsNote: string | undefined;
}

export interface CardDraft {
  readonly number: number;
  readonly state: string;
  /** Its beginning, or what a person sent in its place. */
  readonly text: string;
  /** Whether a person changed the text. */
  readonly isEdited: boolean;
  /** Why a person rejected it. */
  readonly reason: string | undefined;
  /** Why it was not sent although a person approved it. */
  readonly problem: string | undefined;
}

export interface Identity {
  readonly name: string | undefined;
  readonly email: string | undefined;
}

export interface CardMessage {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly from: string;
  readonly name: string | undefined;
  /** Whether the name is only what the customer says. */
  readonly isClaimed: boolean;
  readonly isInternal: boolean;
  readonly text: string | undefined;
  /** What was left out of the text, in words. */
  readonly notes: readonly string[];
  readonly files: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** @returns undefined if it is not a session. */
export function readSession(data: unknown): CardSession | undefined {
  const view = fieldsOf(data);
  const [id, status, channel] = [text(view['id']), text(view['status']), text(view['channel'])];
  if (id === undefined || status === undefined || channel === undefined) return undefined;
  const contact = fieldsOf(view['contact']);
  const waiting = view['customer_waiting'];
  return {
    id,
    status,
    channel,
    ticketNumber: numberOf(view['ticket_number']),
    sentiment: text(view['sentiment']),
    isWithPeople: view['handoff'] !== undefined || text(view['assignee_id']) !== undefined,
    verified: readIdentity(contact['verified']),
    claimed: readIdentity(contact['unverified']),
    phone: text(contact['phone_number']),
    handoff: text(fieldsOf(view['handoff'])['summary']),
    summary: text(view['summary']),
    isCustomerWaiting: typeof waiting === 'boolean' ? waiting : undefined,
    waitingSince: text(view['waiting_since']) ?? text(fieldsOf(view['last_word'])['at']),
    messages: listOf(view['messages']).flatMap(readMessage),
    note: noteOf(view['messages_note']),
    drafts: listOf(view['drafts']).flatMap(readDraft),
    draftsNote: text(view['drafts_note']),
  };
}

function readIdentity(data: unknown): Identity | undefined {
  const { name, email } = fieldsOf(data);
  const identity = { name: text(name), email: text(email) };
  return identity.name === undefined && identity.email === undefined ? undefined : identity;
}

function readMessage(data: unknown): CardMessage[] {
  const fields = fieldsOf(data);
  const [at, from] = [text(fields['at']), text(fields['from'])];
  if (at === undefined || from === undefined) return [];
  const name = text(fields['name']);
  const claimedName = text(fields['claimed_name']);
  return [
    {
      at,
      from,
      name: name ?? claimedName,
      isClaimed: name === undefined && claimedName !== undefined && from === 'contact',
      isInternal: fields['internal'] === true,
      text: text(fields['text']),
      notes: notesOf(fields),
      files: listOf(fields['attachments']).map((file) => {
        const { name: fileName, type } = fieldsOf(file);
        return text(fileName) ?? text(type) ?? 'File without a name';
      }),
    },
  ];
}

function readDraft(data: unknown): CardDraft[] {
  const fields = fieldsOf(data);
  const [number, state] = [numberOf(fields['number']), text(fields['state'])];
  const finalText = text(fields['final_text']);
  const words = finalText ?? text(fields['text']);
  if (number === undefined || state === undefined || words === undefined) return [];
  const [reason, problem] = [text(fields['reason']), text(fields['problem'])];
  return [{ number, state, text: words, isEdited: finalText !== undefined, reason, problem }];
}

/** What is said about the messages, without the calls that an assistant would go on with. */
function noteOf(data: unknown): string | undefined {
  const note = text(data)?.replace(/(?: To read on)?: get_session_history with [^.]*/g, '');
  return note === undefined || note.startsWith('All ') ? undefined : `Messages: ${note}`;
}

function notesOf(fields: Fields): string[] {
  const note = (name: string, words: (n: number) => string) => {
    const count = numberOf(fields[name]);
    return count === undefined ? [] : [words(count)];
  };
  return [
    ...note('cut_chars', (n) => `${n} more characters, not shown`),
    ...note('quoted_chars_left_out', () => 'Quoted earlier mail left out'),
    ...note('hidden_chars', (n) => `${n} characters that were hidden from readers left out`),
    ...note('unsafe_chars', () => 'Markup that could not be read safely left out'),
    ...note('attachments_left_out', (n) => `${n} more ${n === 1 ? 'file' : 'files'}, not shown`),
  ];
}

export function fieldsOf(data: unknown): Fields {
  return typeof data === 'object' && data !== null ? (data as Fields) : {};
}

export function listOf(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? data : [];
}

/** A text that is not empty. */
export function text(data: unknown): string | undefined {
  return typeof data === 'string' && data !== '' ? data : undefined;
}

function numberOf(data: unknown): number | undefined {
  return typeof data === 'number' ? data : undefined;
}
