import { useRef, useState } from 'preact/hooks';
import type { Model } from './model/model.ts';

interface Sending {
  readonly isBusy: boolean;
  readonly problem?: string;
}

/** Sends one thing at a time, however often somebody presses the button. */
function useSending(): [Sending, (send: () => Promise<void>) => Promise<void>] {
  const [sending, setSending] = useState<Sending>({ isBusy: false });
  const isBusy = useRef(false);
  const run = async (send: () => Promise<void>) => {
    if (isBusy.current) return;
    isBusy.current = true;
    setSending({ isBusy: true });
    try {
      await send();
      setSending({ isBusy: false });
    } catch (error) {
      setSending({ isBusy: false, problem: (error as Error).message });
    } finally {
      isBusy.current = false;
    }
  };
  return [sending, run];
}

/** On the sandbox: writes as the customer of this session. */
export function Composer({ model, sessionId }: { readonly model: Model; readonly sessionId: string }) {
  const [text, setText] = useState('');
  const [{ isBusy, problem }, send] = useSending();
  const submit = () =>
    send(async () => {
      if (text.trim() === '') return;
      await model.writeAsCustomer(sessionId, text);
      setText('');
    });
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label for="customer-text">Write as the customer</label>
      <textarea
        id="customer-text"
        rows={2}
        dir="auto"
        value={text}
        maxLength={20_000}
        aria-describedby="customer-hint"
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          void submit();
        }}
      />
      <div class="composer-foot">
        <span class="aside" id="customer-hint">
          Only in the sandbox. Ctrl+Enter sends.
        </span>
        <button type="submit" class="strong" disabled={isBusy}>
          {isBusy ? 'Sending' : 'Send'}
        </button>
      </div>
      {problem && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

const empty = { name: '', email: '', text: '' };

/** On the sandbox: begins a conversation as a visitor of a web site would. */
export function NewConversation({ model }: { readonly model: Model }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [opening, setOpening] = useState(empty);
  const [{ isBusy, problem }, send] = useSending();
  const set = (change: Partial<typeof empty>) => setOpening({ ...opening, ...change });
  const submit = () =>
    send(async () => {
      const id = await model.openAsCustomer(opening);
      setOpening(empty);
      // First, because nothing outside an open dialog can get the focus.
      dialog.current?.close();
      model.select(id);
    });
  return (
    <>
      <button type="button" class="strong" onClick={() => dialog.current?.showModal()}>
        New conversation
      </button>
      <dialog ref={dialog} aria-labelledby="opening-title">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <h2 id="opening-title">Write as a new customer</h2>
          <p class="aside">
            This opens a web chat in the sandbox. The AI answers it, and a person or an assistant can take
            over.
          </p>
          <label for="opening-name">Name, as the customer claims it</label>
          <input
            id="opening-name"
            autocomplete="off"
            maxLength={100}
            value={opening.name}
            onInput={({ currentTarget }) => set({ name: currentTarget.value })}
          />
          <label for="opening-email">Email, as the customer claims it</label>
          <input
            id="opening-email"
            type="email"
            autocomplete="off"
            maxLength={200}
            value={opening.email}
            onInput={({ currentTarget }) => set({ email: currentTarget.value })}
          />
          <label for="opening-text">First message</label>
          <textarea
            id="opening-text"
            rows={4}
            dir="auto"
            required
            maxLength={20_000}
            value={opening.text}
            onInput={({ currentTarget }) => set({ text: currentTarget.value })}
          />
          {problem && (
            <p class="bad" role="alert">
              {problem}
            </p>
          )}
          <div class="composer-foot">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" class="strong" disabled={isBusy}>
              {isBusy ? 'Opening' : 'Open conversation'}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
