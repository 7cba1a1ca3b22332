import { useEffect, useRef } from 'preact/hooks';
import type { Identity, InboxSession, InboxTranscript } from '../../presenters/inbox/views.ts';
import { channelName, dayOf, nameOf, sentence, statusName } from '../shared/words.ts';
import { Drafts } from './draft.tsx';
import { Entry } from './entry.tsx';
import { IdentityTag } from './list.tsx';
import { keyOf } from './model/entries.ts';
import type { Model } from './model/model.ts';
import type { State } from './model/state.ts';
import { Composer } from './visitor.tsx';

interface Props {
  readonly id: string;
  readonly model: Model;
  readonly state: State;
}

/** A session as a record: who it is with, and everything that was said and done, in order. */
export function Conversation({ id, model, state }: Props) {
  const { open, desk } = state;
  const { transcript, loading } = open;
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever chose the session reads on here.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <section class="pane conversation" aria-labelledby="conversation-title">
      <div class="conversation-head">
        <button type="button" class="back quiet" onClick={() => closeConversation(model, id)}>
          Back to the list
        </button>
        <h2 id="conversation-title" tabIndex={-1} ref={heading}>
          <bdi>{transcript ? nameOf(transcript.row.contact) : 'Session'}</bdi>
        </h2>
        {transcript && <Facts {...transcript} />}
      </div>
      {loading instanceof Error && (
        <div class="notice bad" role="alert">
          <p>{loading.message}</p>
          <button type="button" onClick={() => void model.loadTranscript()}>
            Try again
          </button>
        </div>
      )}
      {loading === 'loading' && !transcript && (
        <p class="notice" role="status">
          Loading messages
        </p>
      )}
      {transcript && <Record model={model} state={state} id={id} />}
      {transcript && desk?.sandbox && <Composer model={model} sessionId={id} />}
    </section>
  );
}

function closeConversation(model: Model, id: string): void {
  model.select(undefined);
  // The list is where it was.
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>(`a.row[href="#s=${CSS.escape(encodeURIComponent(id))}"]`)?.focus(),
  );
}

function Facts({ session, row }: Pick<InboxTranscript, 'session' | 'row'>) {
  const { contact, handoff, summary, team } = session;
  return (
    <>
      <p class="facts">
        <IdentityTag contact={row.contact} />
        {session.ticket_number !== undefined && <span>#{session.ticket_number}</span>}
        <span>{channelName(session.channel)}</span>
        <span>{statusName(session.status)}</span>
        <span>{handoff || session.assignee_id ? 'With people' : 'With the AI'}</span>
        {session.sentiment && <span>{sentence(session.sentiment)}</span>}
      </p>
      <details class="about">
        <summary>About this session</summary>
        <dl>
          <Identities contact={contact} />
          {team && <Fact name="Team" value={team} />}
          {session.language && <Fact name="Language" value={session.language} />}
          <Fact name="Created" value={dayOf(session.created_at)} />
          {handoff && <Fact name="Handed over" value={handoff.summary} />}
          {summary && <Fact name="Summary" value={summary} />}
          <CustomData data={session.custom_data} leftOut={session.custom_data_left_out} name="Session data" />
        </dl>
      </details>
    </>
  );
}

function Identities({ contact }: { readonly contact: InboxSession['contact'] }) {
  const words = ({ name, email }: Identity) => [name, email].filter(Boolean).join(', ');
  const { verified, unverified, phone_number } = contact ?? {};
  return (
    <>
      {verified && words(verified) && <Fact name="Verified" value={words(verified)} />}
      {unverified && words(unverified) && <Fact name="Claimed by the customer" value={words(unverified)} />}
      {phone_number && <Fact name="Phone, verification unknown" value={phone_number} />}
      <CustomData
        data={verified?.custom_data}
        leftOut={verified?.custom_data_left_out}
        name="Customer data, verified"
      />
      <CustomData
        data={unverified?.custom_data}
        leftOut={unverified?.custom_data_left_out}
        name="Customer data, claimed"
      />
    </>
  );
}

interface CustomDataProps {
  readonly name: string;
  readonly data: Identity['custom_data'];
  readonly leftOut: number | undefined;
}

function CustomData({ name, data, leftOut }: CustomDataProps) {
  const lines = Object.entries(data ?? {}).map(([key, value]) => `${key}: ${value}`);
  if (lines.length === 0) return null;
  return <Fact name={name} value={[...lines, ...(leftOut ? [`and ${leftOut} more`] : [])].join('\n')} />;
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{value}</dd>
    </div>
  );
}

/** Close enough to the end to follow it. */
const nearPixels = 120;

function Record({ model, state, id }: Props) {
  const { transcript, isLoadingOlder } = state.open;
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  const entries = transcript?.entries ?? [];
  const last = `${keyOf(entries.at(-1))} ${state.drafts[0]?.number}`;
  // Keeps the end in sight, unless somebody reads further up.
  useEffect(() => {
    const { current } = box;
    if (current && isAtEnd.current) current.scrollTop = current.scrollHeight;
  }, [last]);
  const onScroll = () => {
    const { current } = box;
    if (current)
      isAtEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < nearPixels;
  };
  if (!transcript) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the keyboard
    <section class="record" ref={box} onScroll={onScroll} aria-label="Messages" tabIndex={0}>
      {transcript.before !== undefined && (
        <p class="more">
          <button type="button" onClick={() => void model.loadOlder()} disabled={isLoadingOlder}>
            {isLoadingOlder ? 'Loading' : 'Load earlier messages'}
          </button>
        </p>
      )}
      {transcript.note && <p class="notice">{transcript.note}</p>}
      {entries.length === 0 && <p class="notice">No messages yet.</p>}
      <ol class="entries">
        {entries.map((entry, n) => (
          <Entry
            key={keyOf(entry)}
            entry={entry}
            isNewDay={dayOf(entry.at) !== dayOf(entries[n - 1]?.at ?? '')}
            sessionId={id}
            api={model.api}
          />
        ))}
      </ol>
      <Drafts
        drafts={state.drafts.filter(({ session_id }) => session_id === id).toReversed()}
        model={model}
        now={state.now}
      />
    </section>
  );
}
