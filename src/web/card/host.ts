import { fieldsOf, listOf, text } from './session.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the card uses of what its host can do. */
export interface Host {
  /** Passes calls of tools to the server. */
  readonly callsTools: boolean;
  /** Takes messages into its conversation. */
  readonly takesMessages: boolean;
}

export function readHost(capabilities: unknown): Host {
  const { serverTools, message } = fieldsOf(capabilities);
  return { callsTools: serverTools !== undefined, takesMessages: message !== undefined };
}

/** The names that MCP Apps has for colours, fonts, borders and shadows. */
const variable = /^--(?:color|font|border|shadow)-[a-z0-9-]{1,60}$/;
const maxValueCharacters = 300;

/** An address in a value would be a request. Letters may be escaped in it. */
const mayRequest = /(?:url|src|image|image-set)\(|\\/i;

/**
 * Looks as the host looks: its theme, and its variables. Its fonts are not loaded, because the card requests nothing.
 * @param context the host's, or the part of it that changed.
 */
export function applyLook(context: Fields, root: HTMLElement): void {
  const { theme, styles, safeAreaInsets } = context;
  if (theme === 'light' || theme === 'dark') root.style.colorScheme = theme;
  for (const [name, value] of Object.entries(fieldsOf(fieldsOf(styles)['variables']))) {
    const isUsable =
      typeof value === 'string' && value.length <= maxValueCharacters && !mayRequest.test(value);
    if (variable.test(name) && isUsable) root.style.setProperty(name, value);
  }
  for (const side of ['top', 'right', 'bottom', 'left']) {
    const inset = fieldsOf(safeAreaInsets)[side];
    if (typeof inset === 'number') root.style.setProperty(`--inset-${side}`, `${inset}px`);
  }
}

/** How the person reads times. */
export interface Locale {
  readonly locale?: string | undefined;
  readonly timeZone?: string | undefined;
}

/** @param before what was known; the context may be only what changed. */
export function readLocale(context: Fields, before: Locale): Locale {
  return {
    locale: text(context['locale']) ?? before.locale,
    timeZone: text(context['timeZone']) ?? before.timeZone,
  };
}

/** The text of a result, which is there for clients without the card. */
export function textOf(result: Fields): string | undefined {
  const texts = listOf(result['content']).flatMap((block) => {
    const { type, text: words } = fieldsOf(block);
    return type === 'text' && typeof words === 'string' ? [words] : [];
  });
  return text(texts.join('\n'));
}
