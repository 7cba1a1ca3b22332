import type { Model, State } from './model.ts';
import { SessionRecord } from './record.tsx';

interface Props {
  readonly model: Model;
  readonly state: State;
}

export function View({ model, state }: Props) {
  const { content, isReading, notice } = state;
  return (
    <main aria-busy={isReading || content.kind === 'waiting'}>
      <Content model={model} state={state} />
      <Actions model={model} state={state} />
      {/* It is there before it has words, so that screen readers hear them. */}
      <p class="notice" role="status">
        {isReading ? 'Reading the session' : notice}
      </p>
    </main>
  );
}

function Content({ state }: Props) {
  const { content, locale, now } = state;
  switch (content.kind) {
    case 'session':
      return <SessionRecord session={content.session} locale={locale} now={now} />;
    case 'waiting':
      return (
        <>
          <h1 class="quiet">Support session</h1>
          <p class="quiet">{content.words}</p>
        </>
      );
    case 'text':
      return (
        <>
          <h1>Support session</h1>
          <p class="quiet">The app around this card passed the session on as text only.</p>
          <p class="words as-is" dir="auto">
            {content.text}
          </p>
        </>
      );
    case 'problem':
      return (
        <>
          <h1>Support session</h1>
          <p role="alert">{content.words}</p>
          {content.detail && (
            <p class="words quiet" dir="auto">
              {content.detail}
            </p>
          )}
        </>
      );
  }
}

function Actions({ model, state }: Props) {
  const { content, host, isReading } = state;
  const session = content.kind === 'session' ? content.session : undefined;
  const canRead = content.kind !== 'waiting' && model.canRead;
  const canAsk = session !== undefined && host.takesMessages && isToken(session.id);
  if (!canRead && !canAsk) return null;
  return (
    <p class="actions">
      {canAsk && (
        <button type="button" class="strong" onClick={() => void model.askForDraft(session)}>
          Draft a reply
        </button>
      )}
      {canRead && (
        <button type="button" aria-disabled={isReading} onClick={() => void model.read()}>
          {content.kind === 'problem' ? 'Try again' : 'Refresh'}
        </button>
      )}
    </p>
  );
}

/** Nothing else goes into a message: an id comes from outside. */
function isToken(id: string): boolean {
  return /^[A-Za-z0-9._~:-]{1,200}$/.test(id);
}
