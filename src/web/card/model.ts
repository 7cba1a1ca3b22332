import { type Bridge, openBridge } from './bridge.ts';
import { applyLook, type Host, type Locale, readHost, readLocale, textOf } from './host.ts';
import { type CardSession, fieldsOf, readSession, text } from './session.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the card shows. */
export type Content =
  /** Nothing yet: the host, or the answer of the tool, is waited for. */
  | { readonly kind: 'waiting'; readonly words: string }
  | { readonly kind: 'session'; readonly session: CardSession; readonly readAt: number }
  /** The answer as text, because the host passed nothing else on. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'problem'; readonly words: string; readonly detail?: string | undefined };

export interface State {
  readonly content: Content;
  readonly host: Host;
  readonly locale: Locale;
  readonly isReading: boolean;
  /** What came of the last thing that the person did; for all to hear. */
  readonly notice: string;
  readonly now: number;
}

const protocolVersion = '2026-01-26';

/** After this, the card says that the host does not answer. It still listens. */
const hostMs = 10_000;
/** A host that passes the answer on does so at once; the tool itself may take as long as a call may. */
const resultMs = 60_000;
/** The answer may be slow, or never passed on: then the card asks for it. */
const inputMs = 5_000;
const callMs = 60_000;
const minuteMs = 60_000;

export class Model {
  readonly #bridge: Bridge;
  readonly #onChange: (state: State) => void;
  readonly #clock: ReturnType<typeof setInterval>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sessionId: string | undefined;
  #state: State = {
    content: { kind: 'waiting', words: 'Connecting' },
    host: { callsTools: false, takesMessages: false },
    locale: {},
    isReading: false,
    notice: '',
    now: Date.now(),
  };

  constructor(host: Window, onChange: (state: State) => void) {
    this.#onChange = onChange;
    this.#bridge = openBridge(
      host,
      (method, params) => this.#hear(method, params),
      () => this.#end(),
    );
    this.#clock = setInterval(() => this.#set({ now: Date.now() }), minuteMs);
  }

  /** Introduces the card to its host. */
  async start(): Promise<void> {
    this.#set({});
    this.#after(hostMs, 'The app around this card does not answer.');
    const appInfo = { name: 'opencx-sessions-card', title: 'Support session', version: '1.0.0' };
    const hello = { protocolVersion, appInfo, appCapabilities: { availableDisplayModes: ['inline'] } };
    let welcome: Fields;
    try {
      welcome = await this.#bridge.request('ui/initialize', hello);
    } catch (error) {
      this.#fail('The app around this card refused it.', (error as Error).message);
      return;
    }
    this.#adopt(fieldsOf(welcome['hostContext']));
    this.#set({
      host: readHost(welcome['hostCapabilities']),
      content: { kind: 'waiting', words: 'Waiting for the session' },
    });
    this.#after(resultMs, 'The app around this card passed no session on.');
    this.#bridge.notify('ui/notifications/initialized');
    this.#watchSize();
  }

  /** Reads the session again. */
  async read(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#sessionId === undefined || this.#state.isReading) return;
    this.#set({ isReading: true, notice: '' });
    const call = { name: 'view_session', arguments: { session_id: this.#sessionId, history_limit: 30 } };
    let problem: { words: string; detail?: string | undefined } | undefined;
    try {
      const result = await this.#bridge.request('tools/call', call, callMs);
      if (result['isError'] === true)
        problem = { words: 'The session could not be read.', detail: textOf(result) };
      else if (!this.#show(result)) problem = { words: noData };
    } catch (error) {
      problem = { words: 'The session could not be read.', detail: (error as Error).message };
    }
    this.#set({ isReading: false });
    if (problem === undefined) this.#set({ notice: 'Up to date.' });
    else if (this.#state.content.kind === 'session')
      this.#set({ notice: `${problem.words} This is the earlier state.` });
    else this.#fail(problem.words, problem.detail);
  }

  /** Asks the host to put this to its assistant. The words are ours alone. */
  async askForDraft({ id, ticketNumber }: CardSession): Promise<void> {
    const which = ticketNumber === undefined ? `session ${id}` : `session ${id} (ticket #${ticketNumber})`;
    const words = `Draft a reply for ${which}. Show it to me, and send nothing before I have agreed.`;
    try {
      const message = { role: 'user', content: [{ type: 'text', text: words }] };
      const { isError } = await this.#bridge.request('ui/message', message, callMs);
      this.#set({
        notice: isError === true ? 'The app did not accept the request.' : 'Asked the assistant for a draft.',
      });
    } catch {
      this.#set({ notice: 'The app did not accept the request.' });
    }
  }

  #hear(method: string, params: Fields): void {
    switch (method) {
      case 'ui/notifications/host-context-changed':
        this.#adopt(params);
        break;
      case 'ui/notifications/tool-input':
        this.#sessionId ??= text(fieldsOf(params['arguments'])['session_id']);
        if (this.#state.content.kind !== 'session' && this.canRead) {
          clearTimeout(this.#timer);
          this.#timer = setTimeout(() => void this.read(), inputMs);
        }
        break;
      case 'ui/notifications/tool-result':
        this.#takeResult(params);
        break;
      case 'ui/notifications/tool-cancelled':
        if (this.#state.content.kind !== 'session') this.#fail('The call was cancelled.');
        break;
    }
  }

  #takeResult(result: Fields): void {
    clearTimeout(this.#timer);
    if (result['isError'] === true) {
      this.#fail('The session could not be shown.', textOf(result));
      return;
    }
    const session = readSession(result['structuredContent']);
    if (session === undefined && this.canRead) void this.read();
    else if (!this.#show(result)) this.#fail(noData);
  }

  /** Shows a result: its data, or else its text. @returns whether it had one of them. */
  #show(result: Fields): boolean {
    clearTimeout(this.#timer);
    const session = readSession(result['structuredContent']);
    const words = textOf(result);
    if (session) {
      this.#sessionId = session.id;
      const now = Date.now();
      this.#set({ content: { kind: 'session', session, readAt: now }, now });
    } else if (words !== undefined) this.#set({ content: { kind: 'text', text: words } });
    return session !== undefined || words !== undefined;
  }

  get #isWaiting(): boolean {
    return this.#state.content.kind === 'waiting';
  }

  /** Whether the session can be read through the host. */
  get canRead(): boolean {
    return this.#sessionId !== undefined && this.#state.host.callsTools;
  }

  /** Says so if nothing has arrived until then. */
  #after(ms: number, words: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#isWaiting) this.#fail(words);
    }, ms);
  }

  #fail(words: string, detail?: string): void {
    clearTimeout(this.#timer);
    this.#set({ content: { kind: 'problem', words, detail } });
  }

  #adopt(context: Fields): void {
    applyLook(context, document.documentElement);
    this.#set({ locale: readLocale(context, this.#state.locale) });
  }

  /** Tells the host how much room the card needs. */
  #watchSize(): void {
    const root = document.documentElement;
    let told = '';
    new ResizeObserver(() => {
      const { width, height } = root.getBoundingClientRect();
      const size = { width: Math.ceil(width), height: Math.ceil(height) };
      if (told === JSON.stringify(size)) return;
      told = JSON.stringify(size);
      this.#bridge.notify('ui/notifications/size-changed', size);
    }).observe(root);
  }

  #end(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#clock);
    this.#bridge.close();
  }

  #set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    this.#onChange(this.#state);
  }
}

const noData = 'The app around this card passed no session on. The assistant’s answer has it as text.';
