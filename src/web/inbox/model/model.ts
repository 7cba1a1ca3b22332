import type {
  InboxChange,
  InboxDecision,
  InboxDesk,
  InboxDraft,
  InboxEntry,
  InboxPage,
  InboxReview,
  InboxRow,
  InboxTranscript,
} from '../../../presenters/inbox/views.ts';
import { partyName, sentence } from '../../shared/words.ts';
import type { Api, Problem } from './api.ts';
import { joined, keyOf } from './entries.ts';
import { followChanges } from './live.ts';
import { keepPlace, restorePlace, selectedId } from './place.ts';
import { byId, type Filters, isShown, matchesFilters, merged, waitingFirst } from './rows.ts';
import { settling } from './settling.ts';
import { initialState, type State } from './state.ts';

/** Everything that the page knows and does. The components show its state. */
export class Model {
  readonly api: Api;
  #state = initialState();
  readonly #listeners = new Set<() => void>();
  readonly #changed = new Set<string>();
  readonly #settle = settling((number) => this.reviewDraft(number));
  #isCatchingUp = false;
  #listRequest = new AbortController();
  #openRequest = new AbortController();

  constructor(api: Api) {
    this.api = api;
  }

  get state(): State {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    const isLocked = () => this.#state.locked !== undefined;
    const lock = (locked: Problem) => {
      keepPlace();
      // Another link, pasted into this tab, changes only what follows the #.
      if (!isLocked()) addEventListener('hashchange', () => location.reload(), { once: true });
      this.#set({ locked });
    };
    this.api.onLocked = lock;
    try {
      await this.api.signIn();
    } catch (error) {
      return lock(error as Problem);
    }
    await this.#loadDesk();
    if (isLocked()) return;
    restorePlace();
    this.#set({ isReady: true });
    setInterval(() => this.#set({ now: Date.now() }), 30_000);
    addEventListener('hashchange', () => this.#showSelected());
    this.#showSelected();
    const onChange = (change: InboxChange) => this.#onChange(change);
    await followChanges(this.api, { onChange, onConnection: (isUp) => this.#onConnection(isUp) }, isLocked);
  }

  select(id: string | undefined): void {
    if (id === undefined) history.pushState(null, '', location.pathname);
    else location.hash = `s=${encodeURIComponent(id)}`;
    this.#showSelected();
  }

  filter(filters: Filters): void {
    this.#set({ filters });
    void this.loadList();
  }

  search(query: string): void {
    if (query.trim() === this.#state.query) return;
    this.#set({ query: query.trim() });
    void this.loadList();
  }

  async loadList(): Promise<void> {
    this.#listRequest.abort();
    this.#listRequest = new AbortController();
    const { signal } = this.#listRequest;
    const { filters, query } = this.#state;
    this.#set({ list: { ...this.#state.list, loading: 'loading' } });
    try {
      const page = await this.#listPage(filters, query, undefined, signal);
      this.#set({
        list: { loading: 'ready', rows: byId(page.sessions), nextCursor: page.next_cursor, note: page.note },
        now: Date.now(),
      });
    } catch (error) {
      if (!signal.aborted) this.#set({ list: { ...this.#state.list, loading: error as Problem } });
    }
  }

  async loadMore(): Promise<void> {
    const { filters, query, list } = this.#state;
    if (list.nextCursor === undefined || list.isLoadingMore) return;
    const { signal } = this.#listRequest;
    this.#set({ list: { ...list, isLoadingMore: true } });
    try {
      const page = await this.#listPage(filters, query, list.nextCursor, signal);
      const rows = new Map([...this.#state.list.rows, ...byId(page.sessions)]);
      this.#set({ list: { loading: 'ready', rows, nextCursor: page.next_cursor, note: page.note } });
    } catch (error) {
      if (!signal.aborted) this.#set({ list: { ...list, loading: error as Problem } });
    }
  }

  #listPage(
    filters: Filters,
    query: string,
    cursor: string | undefined,
    signal: AbortSignal,
  ): Promise<InboxPage> {
    if (query !== '') return this.api.get('/search', { q: query }, signal);
    return this.api.get('/sessions', { status: filters.status, channel: filters.channel, cursor }, signal);
  }

  async loadTranscript(): Promise<void> {
    const { selected } = this.#state;
    this.#openRequest.abort();
    if (selected === undefined) return;
    this.#openRequest = new AbortController();
    const { signal } = this.#openRequest;
    try {
      const read = await this.api.get<InboxTranscript>(
        `/sessions/${encodeURIComponent(selected)}`,
        {},
        signal,
      );
      const known = this.#state.open.transcript;
      const entries = joined(known?.entries ?? [], read.entries);
      // Older entries that were read before stay, and so does what comes before them.
      const before = keyOf(entries[0]) === keyOf(read.entries[0]) ? read.before : known?.before;
      this.#set({ open: { loading: 'ready', transcript: { ...read, entries, before } }, now: Date.now() });
      this.#announceNew(known, entries);
      this.#mergeRows([read.row], []);
    } catch (error) {
      if (!signal.aborted) this.#set({ open: { ...this.#state.open, loading: error as Problem } });
    }
  }

  async loadOlder(): Promise<void> {
    const { selected, open } = this.#state;
    const { transcript } = open;
    if (!transcript?.before || open.isLoadingOlder) return;
    const { signal } = this.#openRequest;
    this.#set({ open: { ...open, isLoadingOlder: true } });
    try {
      const path = `/sessions/${encodeURIComponent(selected ?? '')}`;
      const read = await this.api.get<InboxTranscript>(path, { before: transcript.before }, signal);
      const entries = joined(read.entries, this.#state.open.transcript?.entries ?? []);
      this.#set({ open: { loading: 'ready', transcript: { ...transcript, entries, before: read.before } } });
    } catch (error) {
      if (!signal.aborted)
        this.#set({ open: { ...this.#state.open, isLoadingOlder: false, loading: error as Problem } });
    }
  }

  /** Writes as the customer. @throws Problem if that failed. */
  async writeAsCustomer(sessionId: string, text: string): Promise<void> {
    await this.api.post(`/visitor/${encodeURIComponent(sessionId)}`, { text });
    if (sessionId === this.#state.selected) await this.loadTranscript();
  }

  /** Opens a conversation as a customer. @returns its id. @throws Problem if that failed. */
  async openAsCustomer(opening: { name: string; email: string; text: string }): Promise<string> {
    return (await this.api.post<{ id: string }>('/visitor', opening)).id;
  }

  /** A draft beside the conversation as it is now. @throws Problem. */
  reviewDraft(number: number): Promise<InboxReview> {
    return this.api.get(`/drafts/${number}`);
  }

  /** @param digest of what is shown. @param text in place of the draft's. @throws Problem. */
  approve(number: number, digest: string, text: string | undefined): Promise<InboxDecision> {
    return this.#decide(`/drafts/${number}/approve`, text === undefined ? { digest } : { digest, text });
  }

  /** @throws Problem. */
  reject(number: number, reason: string): Promise<InboxDecision> {
    return this.#decide(`/drafts/${number}/reject`, { reason });
  }

  async #decide(path: string, body: object): Promise<InboxDecision> {
    const decision = await this.api.post<InboxDecision>(path, body);
    await this.#reloadDecided();
    const { outcome, draft } = decision;
    if (draft) this.#set({ announcement: `Draft ${draft.number}: ${sentence(outcome)}.` });
    return decision;
  }

  async #reloadDecided(): Promise<void> {
    await this.#loadDrafts();
    // What was sent is in the conversation. The live API does not tell that.
    void this.loadTranscript();
  }

  async #loadDrafts(): Promise<void> {
    if (!this.#state.desk?.drafts) return;
    const known = this.#state.drafts.filter(({ state }) => state === 'waiting').length;
    try {
      const { drafts } = await this.api.get<{ drafts: readonly InboxDraft[] }>('/drafts');
      const waiting = drafts.filter(({ state }) => state === 'waiting').length;
      const isNew = waiting > known && this.#state.desk.approves;
      const announcement = isNew ? 'A draft waits for your approval.' : this.#state.announcement;
      this.#set({ drafts, announcement });
      void this.#settleDrafts();
    } catch {
      // Lost with the connection, or said where a draft is decided.
    }
  }

  async #settleDrafts(): Promise<void> {
    if (await this.#settle(this.#state.drafts, this.#state.selected)) await this.#reloadDecided();
  }

  #set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  async #loadDesk(): Promise<void> {
    try {
      this.#set({ desk: await this.api.get<InboxDesk>('/desk') });
      void this.#loadDrafts();
    } catch {
      // Tried again when the connection is up.
    }
  }

  #showSelected(): void {
    const selected = selectedId();
    if (selected === this.#state.selected) return;
    this.#set({ selected, open: { loading: 'loading' } });
    void this.loadTranscript();
    void this.#settleDrafts();
  }

  #onConnection(isConnected: boolean): void {
    if (isConnected === this.#state.isConnected) return;
    this.#set({
      isConnected,
      announcement: isConnected ? 'Connected again.' : 'Connection lost. Trying again.',
    });
    const { desk, list, open } = this.#state;
    if (isConnected && !desk) void this.#loadDesk();
    if (isConnected && list.loading instanceof Error) void this.loadList();
    if (isConnected && open.loading instanceof Error) void this.loadTranscript();
    // Without a server, a list that is still to come would stay away without a word.
    if (!isConnected && list.loading === 'loading') void this.loadList();
  }

  #onChange(change: InboxChange): void {
    if (!('sessions' in change)) void this.#loadDrafts();
    if ('drafts' in change) return;
    if ('everything' in change) {
      this.#changed.clear();
      void this.loadList();
      void this.loadTranscript();
      return;
    }
    for (const id of change.sessions) this.#changed.add(id);
    void this.#catchUp();
  }

  /** Reads what changed, a batch at a time: more may change meanwhile. */
  async #catchUp(): Promise<void> {
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    try {
      while (this.#changed.size > 0) {
        const ids = [...this.#changed].slice(0, 50);
        for (const id of ids) this.#changed.delete(id);
        const { selected } = this.#state;
        if (selected !== undefined && ids.includes(selected)) void this.loadTranscript();
        const { sessions } = await this.api.get<InboxPage>('/sessions', { ids: ids.join(',') });
        this.#mergeRows(sessions, ids);
      }
    } catch {
      // Lost with the connection; then everything is read again.
    } finally {
      this.#isCatchingUp = false;
    }
  }

  /** @param ids which were asked for: those without a row are gone. */
  #mergeRows(changed: readonly InboxRow[], ids: readonly string[]): void {
    const { list, filters, query } = this.#state;
    if (list.loading !== 'ready') return;
    const rows = merged(list.rows, changed, ids, (row) =>
      // Found by a search: it stays, whatever it is now.
      query !== '' ? list.rows.has(row.id) : matchesFilters(row, filters),
    );
    this.#set({ list: { ...list, rows }, now: Date.now() });
  }

  #announceNew(known: InboxTranscript | undefined, entries: readonly InboxEntry[]): void {
    const last = entries.at(-1);
    if (!known || !last || keyOf(last) === keyOf(known.entries.at(-1))) return;
    this.#set({ announcement: `New from ${partyName(last.from)}: ${(last.text ?? '').slice(0, 200)}` });
  }

  /** The rows to show, in the order to show them. */
  get shownRows(): InboxRow[] {
    const { list, filters } = this.#state;
    return [...list.rows.values()].filter((row) => isShown(row, filters)).sort(waitingFirst);
  }
}
