import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { InboxDraft, InboxReview } from '../../presenters/inbox/views.ts';
import { ageOf, exactTime, sentence, timeLeft } from '../shared/words.ts';
import type { Model } from './model/model.ts';
import { noticeOf } from './model/review.ts';

interface Props {
  readonly draft: InboxDraft;
  readonly model: Model;
  readonly now: number;
}

/** The drafts of a session: those that wait for a decision, and what became of the others. */
export function Drafts({
  drafts,
  model,
  now,
}: Omit<Props, 'draft'> & { readonly drafts: readonly InboxDraft[] }) {
  if (drafts.length === 0) return null;
  return (
    <section class="drafts" aria-label="Drafts">
      {drafts.map((draft) =>
        draft.state === 'waiting' ? (
          <WaitingDraft key={draft.number} draft={draft} model={model} now={now} />
        ) : (
          <DecidedDraft key={draft.number} draft={draft} />
        ),
      )}
    </section>
  );
}

/** How long nothing can be approved after its button came: a click that was on its way was not meant for it. */
const holdMs = 700;

/** Shows the buttons and what comes next, which gets the focus. If there is no room for both, the latter is in sight. */
function goOnAt(next: HTMLElement | null, buttons: HTMLElement | null): void {
  buttons?.scrollIntoView({ block: 'nearest' });
  next?.scrollIntoView({ block: 'nearest' });
  next?.focus({ preventScroll: true });
}

/** How the page asks for a decision. */
type Mode = 'reading' | 'editing' | 'rejecting';

/**
 * A draft that waits. The digest of what is shown here goes with the approval: if the conversation is not as shown any more,
 * nothing is sent, and what changed is shown instead.
 */
function WaitingDraft({ draft, model, now }: Props) {
  const { number } = draft;
  const [review, setReview] = useState<InboxReview>();
  const [problem, setProblem] = useState<string>();
  const [mode, setMode] = useState<Mode>('reading');
  const [text, setText] = useState(draft.text);
  const [reason, setReason] = useState('');
  const [isRefused, setIsRefused] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [isHeld, setIsHeld] = useState(false);
  const busy = useRef(false);
  const release = useRef<number>(0);
  const warning = useRef<HTMLDivElement>(null);
  const foot = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const edit = useRef<HTMLButtonElement>(null);
  const reject = useRef<HTMLButtonElement>(null);
  const lastMode = useRef(mode);

  const hold = () => {
    setIsHeld(true);
    clearTimeout(release.current);
    release.current = window.setTimeout(() => setIsHeld(false), holdMs);
  };
  /** @param afterRefusal whether an approval was answered with this review. */
  const show = (read: InboxReview, afterRefusal: boolean) => {
    setReview(read);
    setIsRefused(afterRefusal);
    if (noticeOf(read, afterRefusal) !== undefined) hold();
  };
  const look = () =>
    model.reviewDraft(number).then(
      (read) => {
        show(read, false);
        setProblem(undefined);
      },
      (error: Error) => setProblem(error.message),
    );
  // Once for each draft, so that nothing changes under the reader's hand.
  useEffect(() => void look(), [number]);
  useEffect(() => {
    if (isRefused) goOnAt(warning.current, foot.current);
  }, [isRefused, review]);
  // Before the next key: what is typed at once goes where it should.
  useLayoutEffect(() => {
    const opener = lastMode.current === 'editing' ? edit : reject;
    if (mode !== lastMode.current) goOnAt((mode === 'reading' ? opener : field).current, foot.current);
    lastMode.current = mode;
  }, [mode]);
  // What went wrong stands above the buttons, which keep the focus.
  useLayoutEffect(() => {
    if (problem && review) foot.current?.scrollIntoView({ block: 'nearest' });
  }, [problem]);

  const decide = async (work: () => ReturnType<Model['approve']>) => {
    if (busy.current) return;
    busy.current = true;
    setIsBusy(true);
    setProblem(undefined);
    try {
      const { outcome, review: changed, problem: why } = await work();
      if (changed) show(changed, true);
      else if (why) setProblem(why);
      else if (outcome === 'missing') setProblem('This draft is not there any more.');
      // The buttons are gone: whoever used them goes on at the top.
      else document.getElementById('conversation-title')?.focus();
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      busy.current = false;
      setIsBusy(false);
    }
  };
  const shown = review?.draft ?? draft;
  const isMine = model.state.desk?.approves === true;
  const isEdited = mode === 'editing' && text !== draft.text;
  const approve = () =>
    decide(() => model.approve(number, review?.digest ?? '', isEdited ? text : undefined));
  const notice = noticeOf(review, isRefused);
  const left = timeLeft(shown.expires_at, now);
  const title = `draft-${number}`;
  return (
    <article class="draft" aria-labelledby={title}>
      <h3 id={title}>
        Draft {number}, waiting for {isMine ? 'you' : 'approval'}
      </h3>
      <p class="facts">
        {shown.author && <span>Written by {shown.author}</span>}
        <time dateTime={shown.created_at} title={exactTime(shown.created_at)}>
          {ageOf(shown.created_at, now)}
        </time>
        <span>Expires {left === 'now' ? left : `in ${left}`}</span>
      </p>
      {shown.answers && (
        <blockquote>
          <p class="aside">Answers the customer's message</p>
          <p class="words" dir="auto">
            {shown.answers.text}
          </p>
        </blockquote>
      )}
      {mode === 'editing' ? (
        <>
          <label for={`${title}-text`}>Text to send</label>
          <textarea
            id={`${title}-text`}
            ref={field}
            rows={6}
            dir="auto"
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </>
      ) : (
        <p class="words draft-text" dir="auto">
          {draft.text}
        </p>
      )}
      <ul class="draft-facts">
        {shown.facts.map((fact, n) => (
          <li key={n} class={fact.startsWith('WARNING') ? 'bad' : undefined} dir="auto">
            {fact}
          </li>
        ))}
      </ul>
      {shown.problem && <p class="bad">Approved, but not sent: {shown.problem}</p>}
      {notice && (
        <div class="notice bad" role="alert" tabIndex={-1} ref={warning}>
          <p>
            <b>{notice.title}</b>
          </p>
          <ul>
            {notice.changes.map((change, n) => (
              <li key={n} dir="auto">
                {change}
              </li>
            ))}
            {notice.messages.map(({ by, words, files }, n) => (
              <li key={n}>
                {by}: <bdi>{words}</bdi>
                {files && (
                  <span class="aside">
                    {' '}
                    <bdi>{files}</bdi>
                  </span>
                )}
              </li>
            ))}
          </ul>
          {isMine && <p>Does the draft still fit? Approving sends it all the same.</p>}
        </div>
      )}
      {mode === 'rejecting' && (
        <>
          <label for={`${title}-reason`}>Why not? Whoever wrote it reads this.</label>
          <textarea
            id={`${title}-reason`}
            ref={field}
            rows={2}
            dir="auto"
            maxLength={2000}
            value={reason}
            onInput={({ currentTarget }) => setReason(currentTarget.value)}
          />
        </>
      )}
      {problem && (
        <p class="bad" role="alert">
          {problem}{' '}
          {!review && (
            <button type="button" onClick={() => void look()}>
              Try again
            </button>
          )}
        </p>
      )}
      {isMine && (
        <div class="draft-foot" ref={foot}>
          {mode === 'rejecting' ? (
            <button
              type="button"
              class="strong"
              disabled={isBusy || reason.trim() === ''}
              onClick={() => void decide(() => model.reject(number, reason))}
            >
              Reject draft
            </button>
          ) : (
            <button
              type="button"
              class="strong"
              disabled={isBusy || isHeld || !review || (mode === 'editing' && text.trim() === '')}
              onClick={() => void approve()}
            >
              {isBusy
                ? 'Sending'
                : `${notice ? 'Approve all the same' : 'Approve'}${isEdited ? ', edited' : ''}`}
            </button>
          )}
          {mode === 'reading' ? (
            <>
              <button type="button" ref={edit} onClick={() => setMode('editing')}>
                Edit
              </button>
              <button type="button" ref={reject} onClick={() => setMode('rejecting')}>
                Reject
              </button>
            </>
          ) : (
            <button
              type="button"
              onClick={() => {
                setMode('reading');
                hold();
              }}
            >
              Back
            </button>
          )}
        </div>
      )}
    </article>
  );
}

const outcomes: Readonly<Record<string, string>> = {
  approved: 'being sent',
  sent: 'sent',
  unknown: 'may or may not have arrived, and is not sent again',
  rejected: 'rejected',
  expired: 'expired, nobody decided in time',
};

function DecidedDraft({ draft: { number, state, decision, text } }: { readonly draft: InboxDraft }) {
  const what = Object.hasOwn(outcomes, state) ? outcomes[state] : sentence(state);
  return (
    <details class="draft decided">
      <summary>
        Draft {number}: {what}
        {decision && (
          <>
            {decision.edited ? ', edited' : ''} by <bdi>{decision.by}</bdi>
          </>
        )}
      </summary>
      {decision?.reason && (
        <p class="aside" dir="auto">
          Reason: {decision.reason}
        </p>
      )}
      <p class="words" dir="auto">
        {text}
      </p>
    </details>
  );
}
