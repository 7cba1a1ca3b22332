import { z } from '../../contract/zod.ts';

export const DraftView = z.object({
  number: z.number(),
  session_id: z.string(),
  ticket_number: z.number().optional(),
  state: z
    .string()
    .describe('waiting, approved, sent, rejected, expired, or unknown: it may or may not be there'),
  written_at: z.string(),
  expires: z.string().optional(),
  text: z.string().describe('Its beginning'),
  decided_by: z.string().optional(),
  decided_at: z.string().optional(),
  reason: z.string().optional(),
  final_text: z.string().describe('What a person sent in its place').optional(),
  message_id: z.string().optional(),
  problem: z.string().describe('Why it was not sent').optional(),
});
export type DraftView = z.infer<typeof DraftView>;

/** The members of an answer that tell a writer what became of messages that a person has to approve. */
export const draftFields = {
  drafts: z.array(DraftView).describe('Your messages that wait for a person, or did').optional(),
  drafts_note: z.string().optional(),
};

/** The drafts of an answer. Their code is loaded only where there are any. */
export interface DraftsPart {
  /** @param maxCharacters limit for each longer text, if there is less space than usual. */
  fields(maxCharacters: number): { drafts?: DraftView[]; drafts_note?: string };
  /** Lines of ours, without anybody's words. */
  notes(view: DraftsOfView): string[];
  /** One entry for each draft, for the data block: reasons, names and texts are people's words. */
  lines(view: DraftsOfView, now: Date): string[];
}

export type DraftsOfView = {
  readonly drafts?: readonly DraftView[] | undefined;
  readonly drafts_note?: string | undefined;
};
