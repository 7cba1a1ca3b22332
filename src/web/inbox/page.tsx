import { useEffect, useState } from 'preact/hooks';
import { Conversation } from './conversation.tsx';
import { SessionList } from './list.tsx';
import type { Problem } from './model/api.ts';
import type { Model } from './model/model.ts';
import type { State } from './model/state.ts';
import { NewConversation } from './visitor.tsx';

export function Page({ model }: { model: Model }) {
  const state = useModel(model);
  const { selected, locked, isReady, desk, announcement } = state;
  const waiting = [...state.list.rows.values()].filter((row) => row.waiting).length;
  const drafts = desk?.approves ? state.drafts.filter((draft) => draft.state === 'waiting').length : 0;
  useEffect(() => {
    const counts = [waiting, drafts > 0 && `${drafts} to approve`].filter(Boolean);
    document.title = counts.length > 0 ? `(${counts.join(', ')}) Inbox` : 'Inbox';
  }, [waiting, drafts]);
  if (locked !== undefined) return <Locked problem={locked} signInAt={model.api.signInAt} />;
  if (!isReady) return <Starting />;
  return (
    <>
      <header class="bar">
        <Title />
        {desk && <span class="tag">{desk.member?.workspace ?? (desk.sandbox ? 'Sandbox' : 'Live')}</span>}
        <Connection state={state} />
        <span class="spacer" />
        {desk?.sandbox && <NewConversation model={model} />}
        {desk?.member ? (
          <>
            <span class="person" title={`${desk.member.name}, role ${desk.member.role}`}>
              <bdi>{desk.member.name}</bdi>
            </span>
            <button type="button" class="quiet" onClick={() => void model.api.signOut().catch(() => {})}>
              Sign out
            </button>
          </>
        ) : (
          !model.api.signInAt && (
            <button type="button" class="quiet" onClick={() => void model.api.openWindow().catch(() => {})}>
              New window
            </button>
          )
        )}
      </header>
      <main class={selected === undefined ? 'panes' : 'panes has-open'}>
        <SessionList model={model} state={state} />
        {selected === undefined ? (
          <section class="pane conversation nothing" aria-label="Conversation">
            <p>Choose a session to read it.</p>
          </section>
        ) : (
          <Conversation key={selected} id={selected} model={model} state={state} />
        )}
      </main>
      <div class="unseen" role="status">
        {announcement}
      </div>
    </>
  );
}

function Title() {
  return (
    <h1>
      <img src="/inbox/icon.svg" alt="" width="24" height="24" />
      Inbox
    </h1>
  );
}

function Connection({ state }: { state: State }) {
  if (!state.isConnected)
    return (
      <span class="connection lost">
        <span class="dot" aria-hidden="true" />
        Connection lost. Trying again.
      </span>
    );
  if (!state.desk) return null;
  return (
    <span class="connection">
      <span class="dot" aria-hidden="true" />
      {state.desk.live}
    </span>
  );
}

function Starting() {
  return (
    <main class="locked">
      <Title />
      <p role="status">Loading</p>
    </main>
  );
}

interface LockedProps {
  readonly problem: Problem;
  readonly signInAt: string | undefined;
}

function Locked({ problem: { message, word }, signInAt }: LockedProps) {
  const isForOther = word === 'no_role';
  return (
    <main class="locked">
      <Title />
      <p>{message}</p>
      {signInAt === undefined ? (
        <p>
          Each printed address works once, within ten minutes. For another one, press Enter in the terminal
          where the program runs, or start it again.
        </p>
      ) : (
        <p>
          <a class="strong" href={isForOther ? `${signInAt}?other` : signInAt}>
            {isForOther ? 'Sign in as somebody else' : 'Sign in'}
          </a>
        </p>
      )}
    </main>
  );
}

/** The state of the model, now and after every change. */
function useModel(model: Model): State {
  const [state, setState] = useState(model.state);
  useEffect(() => {
    setState(model.state);
    return model.subscribe(() => setState(model.state));
  }, [model]);
  return state;
}
