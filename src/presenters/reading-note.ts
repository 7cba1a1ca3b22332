import type { Interruption } from '../conversations/reading/until-failure.ts';

const interruptions: Readonly<Record<Interruption, string>> = {
  failed: 'Not all was read: the API did not deliver a further page. Calling again may read it.',
  too_much:
    'Not all was read: the API sent more at once than it documents, or a page cursor that is too long.',
  repeated_cursor: 'Not all was read: the API repeats a page cursor, so what follows cannot be reached.',
};

/** What an answer lacks because the API's answers were odd; an empty string if nothing. */
export function readingNote({
  unreadable = 0,
  interrupted,
}: {
  readonly unreadable?: number | undefined;
  readonly interrupted?: Interruption | undefined;
}): string {
  const leftOut =
    unreadable === 1
      ? '1 entry could not be read and is left out.'
      : `${unreadable} entries could not be read and are left out.`;
  return [unreadable > 0 && leftOut, interrupted && interruptions[interrupted]].filter(Boolean).join(' ');
}
