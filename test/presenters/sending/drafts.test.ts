import { describe, expect, it } from 'vitest';
import type { OwnDraft, OwnDrafts } from '../../../src/conversations/outbox/own-drafts.ts';
import { draftsPart } from '../../../src/presenters/sending/drafts.ts';
import { DraftView } from '../../../src/presenters/sending/drafts-view.ts';
import type { Draft } from '../../../src/state/outbox/outbox.ts';
import { session } from '../../support/fakes/fakes.ts';
import { aDraft } from '../../support/outbox/a-draft.ts';

const now = new Date('2026-03-01T12:00:00Z');
const hour = 3_600_000;
const at = (hours: number) => now.getTime() + hours * hour;
const times = { created: at(-2), expires: at(22) };
const decision = { id: 'd1', by: 'sam', at: at(-1) };

const own = (state: OwnDraft['state'], more: Partial<Draft> = {}): OwnDraft => ({
  draft: aDraft({ ...times, ...more }),
  state,
});

function part(more: Partial<OwnDrafts>) {
  const shown = draftsPart({ drafts: [], leftOut: 0, failed: false, ...more });
  if (shown === undefined) throw new Error('there is no part');
  return shown;
}

function present(one: OwnDraft, maxCharacters = Number.POSITIVE_INFINITY) {
  const shown = part({ drafts: [one] });
  const { drafts = [] } = shown.fields(maxCharacters);
  const [view] = drafts;
  return { view: DraftView.strict().parse(view), lines: shown.lines({ drafts }, now) };
}

const common = {
  number: 1,
  session_id: 's1',
  ticket_number: 1,
  written_at: '2026-03-01T10:00Z',
  text: 'Hello',
};
const by = { decided_by: 'sam', decided_at: '2026-03-01T11:00Z' };
const head = 'draft 1 in #1, written 2026-03-01T10:00Z (2 h ago): ';
const words = '  text "Hello"';
const when = 'by "sam", 2026-03-01T11:00Z (60 min ago)';

describe('a draft of the caller', () => {
  it.each<[OwnDraft, view: object, lines: string[]]>([
    [
      own('waiting'),
      { expires: '2026-03-02T10:00Z' },
      [`${head}waits for a person until 2026-03-02T10:00Z (in 22 h)`, words],
    ],
    [own('approved', { decision }), by, [`${head}approved ${when}, being sent`, words]],
    [
      own('sent', { decision, messageId: 'm1' }),
      { ...by, message_id: 'm1' },
      [`${head}approved ${when}, sent as m1`, words],
    ],
    [own('sent', { decision }), by, [`${head}approved ${when}, sent`, words]],
    [
      own('sent', { decision: { ...decision, text: 'Edited.' } }),
      { ...by, final_text: 'Edited.' },
      [`${head}approved ${when}, sent`, words, '  edited; the text that was sent is "Edited."'],
    ],
    [
      own('approved', { decision: { ...decision, text: 'Edited.' } }),
      { ...by, final_text: 'Edited.' },
      [`${head}approved ${when}, being sent`, words, '  edited; the text that was sent is "Edited."'],
    ],
    [
      own('unknown', { decision: { ...decision, text: 'Edited.' } }),
      { ...by, final_text: 'Edited.' },
      [
        `${head}approved ${when}; delivery unknown: it may or may not be in the session`,
        words,
        '  edited; the text that was sent is "Edited."',
      ],
    ],
    [own('sent'), {}, [`${head}approved, sent`, words]],
    [
      own('rejected', { decision: { ...decision, reason: 'Too\nblunt.' } }),
      { ...by, reason: 'Too\nblunt.' },
      [`${head}rejected ${when}`, words, '  reason "Too blunt."'],
    ],
    [own('rejected', { decision: { ...decision, reason: '' } }), by, [`${head}rejected ${when}`, words]],
    [own('expired'), {}, [`${head}expired: nobody decided in time; not sent`, words]],
  ])('is shown with what became of it: %j', (one, view, lines) => {
    const shown = present(one);
    expect(shown.view).toEqual({ ...common, state: one.state, ...view });
    expect(shown.lines).toEqual(lines);
  });

  // A decision that led to nothing stays in the record.
  it.each(['waiting', 'expired'] as const)('that is %s has no decision', (state) => {
    const edited = { ...decision, text: 'Edited.', reason: 'No.' };
    const { view, lines } = present(own(state, { decision: edited, problem: 'No answer.' }));
    for (const name of ['decided_by', 'decided_at', 'reason', 'final_text'])
      expect(view).not.toHaveProperty(name);
    expect(view.problem).toBe('No answer.');
    expect(lines.slice(1)).toEqual([words, '  not sent after an approval: "No answer."']);
  });

  it('that was sent has no reason, and one that was rejected no other text', () => {
    const both = { decision: { ...decision, text: 'Edited.', reason: 'No.' } };
    expect(present(own('sent', both)).view).not.toHaveProperty('reason');
    expect(present(own('rejected', both)).view).not.toHaveProperty('final_text');
  });

  it('is named by its session if there is no ticket', () => {
    const { ticket_number, ...bare } = session('s1');
    const scene = { session: bare as ReturnType<typeof session>, newestReached: true };
    const { view, lines } = present(own('waiting', { scene, sessionId: 'not a token' }));
    expect(view).not.toHaveProperty('ticket_number');
    expect(lines[0]).toContain('draft 1 in "not a token", written');
  });

  it('is quoted, and cut', () => {
    const long = 'x'.repeat(3000);
    const message = { type: 'text', text: long } as const;
    const edited = { decision: { ...decision, by: long, text: long, reason: long } };
    const more = { body: { sender: 'agent', message } as const, problem: long, ...edited };
    const cut = (characters: number) => `${'x'.repeat(characters)}…`;
    expect(present(own('sent', more)).view).toMatchObject({
      text: cut(120),
      decided_by: cut(100),
      problem: cut(200),
      final_text: cut(2000),
    });
    expect(present(own('rejected', more)).view.reason).toBe(cut(2000));
    expect(present(own('sent', more), 50).view).toMatchObject({ text: cut(50), final_text: cut(50) });
    const clean = present(
      own('sent', { messageId: 'm\u200b1 "', decision: { ...decision, by: 's\u200bam' } }),
    );
    expect(clean.view).toMatchObject({ message_id: 'm1 "', decided_by: 'sam' });
    expect(clean.lines[0]).toContain('sent as "m1 \\""');
  });
});

describe('the drafts of the caller', () => {
  it('are absent where messages do not wait for a person', () => {
    expect(draftsPart(undefined)).toBeUndefined();
  });

  it('add nothing to an answer if there are none', () => {
    const none = part({});
    expect(none.fields(100)).toEqual({});
    expect(none.notes({})).toEqual([]);
    expect(none.lines({}, now)).toEqual([]);
  });

  it('are listed in one line of ours, each with its state', () => {
    const shown = part({
      drafts: [own('waiting', { number: 3 }), own('sent', { number: 2 }), own('waiting')],
    });
    const { drafts = [] } = shown.fields(100);
    expect(shown.notes({ drafts })).toEqual(['Your drafts: numbers 3, 1 waiting; number 2 sent.']);
    expect(shown.lines({ drafts }, now).filter((line) => line.startsWith('draft'))).toHaveLength(3);
  });

  it('say how many are left out, and whether they could not be read', () => {
    const leftOut = part({ drafts: [own('waiting')], leftOut: 3 });
    const fields = leftOut.fields(100);
    expect(fields.drafts_note).toBe('3 older drafts are left out.');
    expect(leftOut.notes(fields)).toEqual(['Your drafts: number 1 waiting.', '3 older drafts are left out.']);
    const failed = part({ failed: true });
    expect(failed.fields(100)).toEqual({
      drafts_note: 'What became of messages that wait for a person could not be read.',
    });
    expect(failed.notes(failed.fields(100))).toEqual([
      'What became of messages that wait for a person could not be read.',
    ]);
  });
});
