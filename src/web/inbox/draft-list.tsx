import type { InboxDraft } from '../../presenters/inbox/views.ts';
import { ageOf, excerptOf, nameOf } from '../shared/words.ts';

interface Props {
  readonly drafts: readonly InboxDraft[];
  /** Whether whoever looks decides about them. */
  readonly areMine: boolean;
  readonly now: number;
}

/** The drafts that wait, the oldest first, on top of the list of sessions. */
export function DraftList({ drafts, areMine, now }: Props) {
  if (drafts.length === 0) return null;
  return (
    <>
      <h2>
        Waiting for {areMine ? 'your ' : ''}approval <span class="number">{drafts.length}</span>
      </h2>
      <ul class="rows">
        {drafts.map(({ number, session_id, contact, text, created_at }) => (
          <li key={number}>
            <a class="row approval" href={`#s=${encodeURIComponent(session_id)}`}>
              <span class="row-top">
                <span class="name" dir="auto">
                  {nameOf(contact)}
                </span>
                <span class="tag">Draft {number}</span>
                <time dateTime={created_at}>{ageOf(created_at, now)}</time>
              </span>
              <span class="row-words">
                <bdi>{excerptOf(text)}</bdi>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
