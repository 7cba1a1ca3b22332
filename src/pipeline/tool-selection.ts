import { closestMatch } from '../text/closest-match.ts';
import { type AnyTool, cardToolNames } from '../tools/index.ts';

/** Which tools a server offers. */
export interface Selection {
  readonly readOnly?: boolean | undefined;
  /** Only these, by name. */
  readonly only?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

/** A selection that names unknown tools, or none. The server does not start, so that no typo leaves a tool in. */
export class SelectionError extends Error {}

/**
 * The selected tools, in their fixed order.
 * @throws SelectionError when `only` or `exclude` name a tool that does not exist, or when no tool is left.
 */
export function selectTools(all: readonly AnyTool[], selection: Selection): AnyTool[] {
  const names = [...all.map(({ name }) => name), ...cardToolNames];
  for (const name of [...(selection.only ?? []), ...(selection.exclude ?? [])]) {
    if (names.includes(name)) continue;
    const close = closestMatch(name, names);
    const hint = close ? ` Did you mean ${close}?` : '';
    throw new SelectionError(`There is no tool named "${name}".${hint} Known tools: ${names.join(', ')}.`);
  }
  const left = all.filter(
    ({ name, effect }) =>
      !(selection.readOnly && effect.write) &&
      (selection.only === undefined || selection.only.includes(name)) &&
      !selection.exclude?.includes(name),
  );
  if (left.length === 0) throw new SelectionError('The selection of tools leaves none to offer.');
  return left;
}

/** What the card shows. Whoever excludes these tools wants nobody to see it. */
const shownByCard = ['get_session', 'get_session_history'];

/** Whether the tools of the card are selected. They go together: to name one of them for `exclude` is enough. */
export function selectsCard({ only, exclude }: Selection): boolean {
  const isExcluded = [...cardToolNames, ...shownByCard].some((name) => exclude?.includes(name));
  return !isExcluded && (only === undefined || only.includes('show_session'));
}
