import { useEffect, useState } from 'preact/hooks';
import { Conversation } from './conversation.tsx';
import { SessionList } from './list.tsx';
import type { Model } from './model/model.ts';
import type { State } from './model/state.ts';
import { NewConversation } from './visitor.tsx';

export function Page({ model }: { model: Model }) {
  const state = useModel(model);
  const { selected, locked, desk, announcement } = state;
  const waiting = [...state.list.rows.values()].filter((row) => row.waiting).length;
  const drafts = state.drafts.filter((draft) => draft.state === 'waiting').length;
  useEffect(() => {
    const counts = [waiting, drafts > 0 && `${drafts} to approve`].filter(Boolean);
    document.title = counts.length > 0 ? `(${counts.join(', ')}) Inbox` : 'Inbox';
  }, [waiting, drafts]);
  if (locked !== undefined) return <Locked message={locked} />;
  return (
    <>
      <header class="bar">
        <h1>
          <img src="/inbox/icon.svg" alt="" width="24" height="24" />
          Inbox
        </h1>
        {desk && <span class="tag">{desk.sandbox ? 'Sandbox' : 'Live'}</span>}
        <Connection state={state} />
        <span class="spacer" />
        {desk?.sandbox && <NewConversation model={model} />}
        <button type="button" class="quiet" onClick={() => void model.openWindow().catch(() => {})}>
          New window
        </button>
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

function Locked({ message }: { message: string }) {
  return (
    <main class="locked">
      <h1>Inbox</h1>
      <p>{message}</p>
      <p>
        Each printed address works once. For another one, press Enter in the terminal where the program runs,
        or start it again.
      </p>
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
