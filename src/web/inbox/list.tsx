import { useRef, useState } from 'preact/hooks';
import type { InboxRow } from '../../presenters/inbox/views.ts';
import {
  ageOf,
  channelName,
  channelNames,
  count,
  exactTime,
  excerptOf,
  nameOf,
  partyName,
  statusName,
  statusNames,
} from '../shared/words.ts';
import { DraftList } from './draft-list.tsx';
import type { Model } from './model/model.ts';
import { type Filters, noFilters, timeOf } from './model/rows.ts';
import type { State } from './model/state.ts';

interface Props {
  readonly model: Model;
  readonly state: State;
}

/** The sessions, those whose customer waits longest first. */
export function SessionList({ model, state }: Props) {
  const { list, selected, now, query } = state;
  const rows = model.shownRows;
  const waiting = rows.filter((row) => row.waiting);
  const others = rows.filter((row) => !row.waiting);
  const rowsOf = (some: readonly InboxRow[]) =>
    some.map((row) => (
      <Row key={row.id} row={row} isSelected={row.id === selected} now={now} model={model} />
    ));
  return (
    <section class="pane sessions" aria-label="Sessions" onKeyDown={moveBetweenRows}>
      <Search model={model} query={query} />
      {query === '' && <FilterBar model={model} filters={state.filters} />}
      <DraftList
        drafts={state.drafts.filter((draft) => draft.state === 'waiting').reverse()}
        areMine={state.desk?.approves === true}
        now={now}
      />
      <ListState model={model} state={state} shown={rows.length} />
      {waiting.length > 0 && (
        <>
          <h2>
            Waiting for an answer <span class="number">{waiting.length}</span>
          </h2>
          <ul class="rows">{rowsOf(waiting)}</ul>
        </>
      )}
      {others.length > 0 && (
        <>
          <h2>
            {waiting.length > 0 ? 'Others' : 'Sessions'} <span class="number">{others.length}</span>
          </h2>
          <ul class="rows">{rowsOf(others)}</ul>
        </>
      )}
      {list.nextCursor !== undefined && list.loading === 'ready' && (
        <p class="more">
          Older sessions are not loaded.
          <button type="button" onClick={() => void model.loadMore()} disabled={list.isLoadingMore}>
            {list.isLoadingMore ? 'Loading' : 'Load more'}
          </button>
        </p>
      )}
    </section>
  );
}

function ListState({ model, state, shown }: Props & { readonly shown: number }) {
  const { list, query, filters } = state;
  const { loading, note } = list;
  if (loading instanceof Error)
    return (
      <div class="notice bad" role="alert">
        <p>{loading.message}</p>
        <button type="button" onClick={() => void model.loadList()}>
          Try again
        </button>
      </div>
    );
  if (loading === 'loading')
    return list.rows.size > 0 ? null : (
      <p class="notice" role="status">
        {query === '' ? 'Loading sessions' : 'Searching'}
      </p>
    );
  const isFiltered = query === '' && (filters.channel || filters.who || filters.status !== noFilters.status);
  return (
    <>
      {note && <p class="notice">{note}</p>}
      {shown === 0 && (
        <div class="notice">
          <p>
            {query !== ''
              ? 'Nothing found. Names of files are not searched.'
              : isFiltered
                ? 'No session matches these filters.'
                : 'No open sessions. New ones show here by themselves.'}
          </p>
          {isFiltered && (
            <button type="button" onClick={() => model.filter(noFilters)}>
              Clear filters
            </button>
          )}
        </div>
      )}
    </>
  );
}

function Search({ model, query }: { readonly model: Model; readonly query: string }) {
  const [text, setText] = useState(query);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const search = (value: string, inMs: number) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => model.search(value), inMs);
  };
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          search(text, 0);
        }}
      >
        <label class="unseen" for="search">
          Search sessions
        </label>
        <input
          id="search"
          type="search"
          placeholder="Search names, messages, ticket numbers"
          autocomplete="off"
          maxLength={200}
          value={text}
          onInput={({ currentTarget }) => search(currentTarget.value, 400)}
        />
      </form>
    </search>
  );
}

function FilterBar({ model, filters }: { readonly model: Model; readonly filters: Filters }) {
  const choose = (change: Partial<Filters>) => model.filter({ ...filters, ...change });
  return (
    <div class="filters">
      <Choice
        label="Status"
        value={filters.status}
        options={[...statusNames, ['', 'Any status']]}
        onChoose={(status) => choose({ status })}
      />
      <Choice
        label="Channel"
        value={filters.channel}
        options={[['', 'All channels'], ...channelNames]}
        onChoose={(channel) => choose({ channel })}
      />
      <Choice
        label="Handled by"
        value={filters.who}
        options={[
          ['', 'Everyone'],
          ['waiting', 'Waiting'],
          ['human', 'With people'],
          ['ai', 'With the AI'],
        ]}
        onChoose={(who) => choose({ who: who as Filters['who'] })}
      />
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, name: string])[];
  onChoose(value: string): void;
}

function Choice({ label, value, options, onChoose }: ChoiceProps) {
  return (
    <label>
      <span class="unseen">{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface RowProps {
  readonly row: InboxRow;
  readonly isSelected: boolean;
  readonly now: number;
  readonly model: Model;
}

function Row({ row, isSelected, now, model }: RowProps) {
  const { id, contact, waiting } = row;
  const at = timeOf(row);
  return (
    <li>
      <a
        class={waiting ? 'row waits' : 'row'}
        href={`#s=${encodeURIComponent(id)}`}
        aria-current={isSelected ? 'true' : undefined}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          model.select(id);
        }}
      >
        <span class="row-top">
          <span class="name" dir="auto">
            {nameOf(contact)}
          </span>
          <IdentityTag contact={contact} />
          <time dateTime={at} title={exactTime(at)}>
            {ageOf(at, now)}
          </time>
        </span>
        <span class="row-words">
          <LastWords row={row} />
        </span>
        <span class="row-facts">
          {row.ticket_number !== undefined && <span>#{row.ticket_number}</span>}
          <span>{channelName(row.channel)}</span>
          <span>{row.handled_by === 'ai' ? 'AI' : 'Human'}</span>
          {row.status !== 'open' && <span>{statusName(row.status)}</span>}
          {row.sentiment === 'angry' && <span class="angry">Angry</span>}
        </span>
      </a>
    </li>
  );
}

function LastWords({ row: { last, last_unknown } }: { readonly row: InboxRow }) {
  if (last === undefined)
    return <>{last_unknown ? `Last words not known: ${last_unknown}` : 'No messages yet'}</>;
  const files = last.attachments ? count(last.attachments, 'file', 'files') : '';
  return (
    <>
      <span class="party">{partyName(last.from)}:</span>
      <bdi>{excerptOf(last.text ?? '') || files || 'no visible text'}</bdi>
    </>
  );
}

/** Nothing for a customer without a name. */
export function IdentityTag({ contact }: Pick<InboxRow, 'contact'>) {
  if (!contact?.name && !contact?.email) return null;
  return contact.claimed ? (
    <span class="tag claimed">claimed</span>
  ) : (
    <span class="tag verified">verified</span>
  );
}

/** Up and Down go from one session to the next, beside Tab. */
function moveBetweenRows(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('a.row')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const next = rows[at + (event.key === 'ArrowDown' ? 1 : -1)];
  event.preventDefault();
  next?.focus();
}
