import type { InboxDraft, InboxReview } from '../../../presenters/inbox/views.ts';

/**
 * Finds out what became of drafts whose delivery is not known: the server settles one when it is reviewed, if it can.
 * Each is reviewed once while its session is open.
 * @param review reads a draft beside the conversation as it is now.
 * @returns a function that returns whether anything is known now that was not.
 */
export function settling(
  review: (number: number) => Promise<InboxReview>,
): (drafts: readonly InboxDraft[], sessionId: string | undefined) => Promise<boolean> {
  const reviewed = new Set<string>();
  let open: string | undefined;
  return async (drafts, sessionId) => {
    if (sessionId !== open) reviewed.clear();
    open = sessionId;
    // Its delivery can get lost again with another decision.
    const keyOf = ({ number, decision }: InboxDraft) => `${number} ${decision?.at}`;
    const unknown = drafts.filter(
      (draft) => draft.session_id === sessionId && draft.state === 'unknown' && !reviewed.has(keyOf(draft)),
    );
    for (const draft of unknown) reviewed.add(keyOf(draft));
    const states = unknown.map(({ number }) =>
      review(number).then(
        ({ draft: { state } }) => state,
        () => 'unknown',
      ),
    );
    return (await Promise.all(states)).some((state) => state !== 'unknown');
  };
}
