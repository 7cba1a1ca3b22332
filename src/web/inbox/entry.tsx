import type { InboxEntry } from '../../presenters/inbox/views.ts';
import { clockTime, count, dayOf, exactTime, partyName, sentence } from '../shared/words.ts';
import { File } from './file.tsx';
import type { Api } from './model/api.ts';

interface Props {
  readonly entry: InboxEntry;
  readonly isNewDay: boolean;
  readonly sessionId: string;
  readonly api: Api;
}

/** Parties that have a colour. An unknown sender has none. */
const known = ['contact', 'ai', 'agent', 'system'];

export function Entry({ entry, isNewDay, sessionId, api }: Props) {
  const { at, from, name, claimed_name, event, internal, text, files } = entry;
  const side = known.includes(from) ? from : 'unknown';
  return (
    <li class={`entry ${event ? 'event' : 'message'} from-${side}`}>
      {isNewDay && <p class="day">{dayOf(at)}</p>}
      <p class="entry-head">
        <span class="party">{event ? sentence(event) : partyName(from)}</span>
        {(name ?? claimed_name) && <bdi>{name ?? claimed_name}</bdi>}
        {claimed_name && !name && from === 'contact' && <span class="tag claimed">claimed</span>}
        {event && <span>{partyName(from)}</span>}
        {internal && <span class="tag">internal, not seen by the customer</span>}
        <time dateTime={at} title={exactTime(at)}>
          {clockTime(at)}
        </time>
      </p>
      {text && <Words text={text} isEvent={event !== undefined} />}
      {!text && !event && !files && !entry.unsafe_chars && <p class="aside">No visible text.</p>}
      <Notes entry={entry} />
      {files && (
        <ul class="files">
          {files.map((file) => (
            <li key={file.id}>
              <File file={file} sessionId={sessionId} api={api} />
            </li>
          ))}
        </ul>
      )}
      {entry.files_left_out && (
        <p class="aside">{count(entry.files_left_out, 'more file', 'more files')}, not shown.</p>
      )}
    </li>
  );
}

/** What an event says is for those who look closer. */
function Words({ text, isEvent }: { readonly text: string; readonly isEvent: boolean }) {
  if (!isEvent)
    return (
      <p class="words" dir="auto">
        {text}
      </p>
    );
  return (
    <details>
      <summary>Details</summary>
      <p class="words" dir="auto">
        {text}
      </p>
    </details>
  );
}

function Notes({ entry }: { readonly entry: InboxEntry }) {
  const { cut_chars, quoted_chars_left_out, hidden_chars, unsafe_chars } = entry;
  const notes = [
    cut_chars && `${cut_chars} more characters, not shown`,
    quoted_chars_left_out && 'Quoted earlier mail left out',
    hidden_chars && `${hidden_chars} characters that were hidden from readers left out`,
    unsafe_chars && 'Markup that could not be read safely left out',
  ].filter(Boolean);
  return notes.length === 0 ? null : <p class="aside">{notes.join('. ')}.</p>;
}
