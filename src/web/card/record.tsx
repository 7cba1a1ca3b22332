import { useState } from 'preact/hooks';
import { ageOf, channelName, count, partyName, sentence, statusName } from '../shared/words.ts';
import type { Locale } from './host.ts';
import type { CardDraft, CardMessage, CardSession } from './session.ts';
import { dayAndTime, exactTime } from './times.ts';

/** The card begins small: the conversation around it goes on below. */
const shownAtFirst = 4;

interface Props {
  readonly session: CardSession;
  readonly locale: Locale;
  readonly now: number;
}

/** A session as a record: who it is with, whether they wait, and what was said last. */
export function SessionRecord({ session, locale, now }: Props) {
  const [showsAll, setShowsAll] = useState(false);
  const { messages, note, drafts, draftsNote } = session;
  const hidden = showsAll ? 0 : Math.max(0, messages.length - shownAtFirst);
  return (
    <>
      <Head session={session} now={now} />
      <About session={session} />
      <h2 class="unseen">Messages</h2>
      {hidden > 0 && (
        <p>
          <button type="button" onClick={() => setShowsAll(true)}>
            Show {count(hidden, 'earlier message', 'earlier messages')}
          </button>
        </p>
      )}
      <ol>
        {messages.slice(hidden).map((message, n) => (
          <Message key={`${hidden + n} ${message.at}`} message={message} locale={locale} />
        ))}
      </ol>
      {messages.length === 0 && <p class="quiet">No messages to show.</p>}
      {note && <p class="quiet">{note}</p>}
      {drafts.length > 0 && <Drafts drafts={drafts} />}
      {draftsNote && <p class="quiet">{draftsNote}</p>}
    </>
  );
}

function Head({ session, now }: Omit<Props, 'locale'>) {
  const { verified, claimed, ticketNumber, channel, status, sentiment } = session;
  const known = verified ?? claimed;
  const facts = [
    ticketNumber === undefined ? undefined : `#${ticketNumber}`,
    channelName(channel),
    statusName(status),
    session.isWithPeople ? 'With people' : 'With the AI',
    sentiment === undefined ? undefined : sentence(sentiment),
  ].filter((fact) => fact !== undefined);
  return (
    <>
      <h1>
        <bdi>{known?.name ?? known?.email ?? 'No name'}</bdi>
        {known && <span class={`tag ${verified ? 'good' : ''}`}>{verified ? 'verified' : 'claimed'}</span>}
        <Waiting session={session} now={now} />
      </h1>
      <ul class="facts quiet">
        {known?.name && known.email && (
          <li>
            <bdi>{known.email}</bdi>
          </li>
        )}
        {facts.map((fact) => (
          <li key={fact}>
            <bdi>{fact}</bdi>
          </li>
        ))}
      </ul>
    </>
  );
}

function Waiting({ session, now }: Omit<Props, 'locale'>) {
  const { isCustomerWaiting, waitingSince } = session;
  if (isCustomerWaiting !== true) return null;
  const age = ageOf(waitingSince ?? '', now);
  return <span class="tag waits">{age === '' || age === 'now' ? 'waits' : `waits for ${age}`}</span>;
}

function About({ session }: Pick<Props, 'session'>) {
  const { verified, claimed, phone, handoff, summary } = session;
  const facts: [string, string | undefined][] = [
    // The other identity, where there are both.
    [
      'Claimed by the customer',
      verified && claimed && [claimed.name, claimed.email].filter(Boolean).join(', '),
    ],
    ['Phone, verification unknown', phone],
    ['Handed over', handoff],
    ['Summary', summary],
  ];
  const known = facts.filter(([, value]) => value);
  if (known.length === 0) return null;
  return (
    <details>
      <summary>About this session</summary>
      <dl>
        {known.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Parties that have a colour. An unknown sender has none. */
const parties = ['contact', 'ai', 'agent', 'system'];

function Message({ message, locale }: { readonly message: CardMessage; readonly locale: Locale }) {
  const { at, from, name, isClaimed, isInternal, text, notes, files } = message;
  return (
    <li class={`message from-${parties.includes(from) ? from : 'unknown'}`}>
      <p class="message-head">
        <span class="party">{partyName(from)}</span>
        {name && <bdi>{name}</bdi>}
        {isClaimed && <span class="tag">claimed</span>}
        {isInternal && <span class="tag">internal, not seen by the customer</span>}
        <time dateTime={at} title={exactTime(at, locale)}>
          {dayAndTime(at, locale)}
        </time>
      </p>
      {text && (
        <p class="words" dir="auto">
          {text}
        </p>
      )}
      {!text && files.length === 0 && notes.length === 0 && <p class="quiet">No visible text.</p>}
      {files.length > 0 && (
        <ul class="files">
          {files.map((file, n) => (
            <li key={`${n} ${file}`}>
              <span class="unseen">File: </span>
              <bdi>{file}</bdi>
            </li>
          ))}
        </ul>
      )}
      {notes.length > 0 && <p class="quiet">{notes.join('. ')}.</p>}
    </li>
  );
}

/** Where a person decides about them is outside of the card: a server cannot tell a card from a model. */
function Drafts({ drafts }: { readonly drafts: readonly CardDraft[] }) {
  return (
    <>
      <h2 class="unseen">Drafts</h2>
      <ul class="drafts">
        {drafts.map(({ number, state, text, isEdited, reason, problem }) => (
          <li key={number}>
            <p class="message-head">
              <span class="party">Draft {number}</span>
              <span class={`tag ${state === 'waiting' ? 'waits' : ''}`}>{stateName(state)}</span>
              {isEdited && <span class="tag">edited</span>}
            </p>
            <p class="words" dir="auto">
              {text}
            </p>
            {reason && <Why words="Reason" text={reason} />}
            {problem && <Why words="Approved, but not sent" text={problem} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function Why({ words, text }: { readonly words: string; readonly text: string }) {
  return (
    <p class="quiet">
      {words}: <bdi>{text}</bdi>
    </p>
  );
}

function stateName(state: string): string {
  if (state === 'waiting') return 'waits for approval';
  if (state === 'approved') return 'being sent';
  return state === 'unknown' ? 'delivery unknown' : state;
}
