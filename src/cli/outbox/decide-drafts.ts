import type { Review } from '../../conversations/outbox/review-draft.ts';
import type { OutboxDesk } from '../../pipeline/outbox-desk.ts';
import type { Draft } from '../../state/outbox/outbox.ts';
import { clean } from '../../text/clean.ts';
import type { Place } from './place.ts';
import { showDraft, showDraftLine, showText } from './show-draft.ts';
import type { Terminal } from './terminal.ts';

/** What a person may do with a draft. `quit` ends the whole. */
type Next = 'next' | 'again' | 'quit';

/** What the person made of the text of a draft, and has not sent. */
interface Edit {
  text?: string;
}

/**
 * Shows the drafts that wait one after another, the oldest first, and does with each what the person says. Those whose
 * outcome is not known are looked for, and those that are being sent are only listed.
 * @param place is told, and its key checked, if nothing waits: a person may expect something.
 */
export async function decideDrafts(desk: OutboxDesk, place: Place, terminal: Terminal): Promise<void> {
  const { print } = terminal;
  const listed = await desk.list();
  if (listed.outcome === 'failed') return fail(listed.problem, terminal);
  const now = new Date();
  const open = listed.drafts
    .filter(({ state }) => ['waiting', 'approved', 'unknown'].includes(state))
    .reverse();
  if (open.length === 0) return tellNone(place, terminal);
  print(`Messages in ${place.account}:`);
  for (const { draft, state } of open) print(showDraftLine(draft, state, now));
  for (const { draft, state } of open) {
    if (state === 'approved') continue;
    const edit: Edit = {};
    let next: Next = 'again';
    while (next === 'again') next = await decide(draft.number, edit, desk, terminal);
    if (next === 'quit') return;
  }
}

async function tellNone({ account, storage, checkKey }: Place, terminal: Terminal): Promise<void> {
  terminal.print(`No message waits for approval in ${account} (looked in ${storage}).`);
  const problem = await checkKey?.();
  if (problem?.isRefused) fail(problem.text, terminal);
  else if (problem) terminal.print(terminal.paint(33, clean(problem.text)));
}

/** @returns `again` if the draft has to be shown once more. */
async function decide(number: number, edit: Edit, desk: OutboxDesk, terminal: Terminal): Promise<Next> {
  const { print, ask, paint } = terminal;
  const read = await desk.review(number);
  print();
  if (read.outcome === 'failed') {
    fail(`Draft ${number}: ${read.problem}`, terminal);
    return 'next';
  }
  if (read.outcome === 'missing') return 'next';
  const { review } = read;
  if (review.state !== 'waiting') {
    print(showDraftLine(review.draft, review.state, new Date()));
    return 'next';
  }
  print(paint(1, `Draft ${number}`));
  print(await showDraft(review, new Date()));
  print();
  for (;;) {
    const answer = (await ask('Approve, edit, reject, skip or quit? [a/e/r/s/q] '))?.toLowerCase();
    switch (answer) {
      case 'a':
      case 'approve':
        return approve(review, undefined, desk, terminal);
      case 'e':
      case 'edit': {
        const text = await terminal.edit(edit.text ?? review.draft.body.message.text);
        if (text === undefined || text.trim() === '') {
          print('The text was not changed.');
          break;
        }
        edit.text = text;
        print(showText(text));
        const answer = await ask('Send this text? [y/N] ');
        if (answer === undefined) return 'quit';
        if (/^y(?:es)?$/i.test(answer)) return approve(review, text, desk, terminal);
        print(`Not sent. ${keptEdit}`);
        break;
      }
      case 'r':
      case 'reject':
        return reject(review.draft, desk, terminal);
      case 's':
      case 'skip':
      case '':
        return 'next';
      case 'q':
      case 'quit':
      case undefined:
        return 'quit';
      default:
        print('Type one of the letters a, e, r, s and q. Nothing was done.');
    }
  }
}

async function approve(
  { draft: { number }, digest }: Review,
  text: string | undefined,
  desk: OutboxDesk,
  terminal: Terminal,
): Promise<Next> {
  const { print, paint } = terminal;
  const result = await desk.approve({ number, digest, ...(text !== undefined && { text }) });
  switch (result.outcome) {
    case 'sent':
    case 'found':
      print(paint(32, `Draft ${number} was sent.`));
      return 'next';
    case 'changed':
      print(paint(33, 'Not sent: the conversation has changed meanwhile. This is how it is now.'));
      if (text !== undefined) print(keptEdit);
      return 'again';
    case 'decided':
      print('Not sent now:');
      print(showDraftLine(result.draft, undefined, new Date()));
      return 'next';
    case 'missing':
      print(`There is no draft ${number} any more.`);
      return 'next';
    case 'unknown':
      fail(`Draft ${number}: ${result.problem}`, terminal);
      return 'next';
    case 'not_sent':
    case 'failed':
      fail(`Draft ${number}: ${result.problem}`, terminal);
      if (text === undefined) return 'next';
      print(keptEdit);
      return 'again';
  }
}

const keptEdit = 'The draft still has its first text. To go on with yours, edit it again.';

async function reject({ number }: Draft, desk: OutboxDesk, terminal: Terminal): Promise<Next> {
  const reason = await terminal.ask('Why? It is told to whoever wrote it: ');
  if (reason === undefined) return 'quit';
  if (reason.trim() === '') {
    // A way back for whoever chose the wrong letter, too.
    terminal.print('Not rejected: whoever wrote it needs a reason.');
    return 'again';
  }
  const result = await desk.reject({ number, reason });
  if (result.outcome === 'rejected') terminal.print(`Draft ${number} was rejected.`);
  else if (result.outcome === 'failed') fail(`Draft ${number}: ${result.problem}`, terminal);
  else if (result.outcome === 'decided') terminal.print(showDraftLine(result.draft, undefined, new Date()));
  return 'next';
}

function fail(problem: string, { print, paint }: Terminal): void {
  // It may quote what the API said.
  print(paint(31, clean(problem)));
  process.exitCode = 1;
}
