import { SessionChannel } from '../../contract/primitives.ts';
import { z } from '../../contract/zod.ts';
import { parseArguments } from '../../pipeline/arguments.ts';
import { cleanLine } from '../../text/clean.ts';
import type { AnyTool } from '../../tools/index.ts';
import { SessionId } from '../../tools/input/session-id.ts';
import { invalidParams } from '../request-error.ts';
import { deskPrompts } from './desk-prompts.ts';
import type { Prompt } from './prompt.ts';

/** The prompts for these tools. They name only tools that are offered. A prompt that needs another tool is left out. */
export function promptsFor(tools: readonly AnyTool[]): Prompt[] {
  const has = (name: string) => tools.some((tool) => tool.name === name);
  const read = readingCall(has);
  const session_id = SessionId.describe('Session id, ticket number, or a URL with the id');
  const completions: Prompt['completions'] = has('list_sessions') ? { session_id: 'recent_sessions' } : {};
  const prompts: Prompt[] = [];
  if (has('list_sessions')) {
    prompts.push(
      definePrompt({
        name: 'triage_open_sessions',
        title: 'Triage open sessions',
        description: 'Which open sessions need attention, in which order, and why',
        input: z.object({
          channel_type: SessionChannel.optional().describe('Only this channel; all if left out'),
        }),
        completions: { channel_type: SessionChannel.options },
        lines: async ({ channel_type }) => (await texts()).triage(channel_type),
      }),
    );
  }
  prompts.push(...deskPrompts(has));
  if (read === undefined) return prompts;
  prompts.push(
    definePrompt({
      name: 'draft_reply',
      title: 'Draft a reply',
      description: 'A reply to the customer of one session, for you to review before anything is sent',
      input: z.object({
        session_id,
        guidance: z.string().max(2000).optional().describe('What the reply should say'),
      }),
      completions,
      async lines({ session_id, guidance }) {
        const { draft, call } = await texts();
        return draft(call(...read(session_id)), session_id, guidance, has('send_message'));
      },
    }),
    definePrompt({
      name: 'summarize_session',
      title: 'Summarize a session',
      description: 'What one session is about, what was done, and what is still open',
      input: z.object({ session_id }),
      completions,
      async lines({ session_id }) {
        const { summary, call } = await texts();
        return summary(call(...read(session_id)));
      },
    }),
  );
  return prompts;
}

/** The identity function, for the type of `lines`. */
function definePrompt<Input extends z.AnyZodObject>(
  prompt: Omit<Prompt, 'input' | 'lines'> & {
    input: Input;
    lines(input: z.output<Input>): Promise<string[]>;
  },
): Prompt {
  return prompt;
}

/** A prompt as `prompts/list` describes it. */
export function describePrompt({ name, title, description, input }: Prompt) {
  const fields = Object.entries(input.shape as z.ZodRawShape);
  return {
    name,
    title,
    description,
    arguments: fields.map(([field, schema]) => ({
      name: field,
      description: schema.description,
      required: !schema.isOptional(),
    })),
  };
}

/**
 * The result of `prompts/get`.
 * @throws RequestError for arguments that cannot be used.
 */
export async function promptResult(prompt: Prompt, rawArguments: unknown) {
  const parsed = parseArguments(prompt.input, rawArguments);
  if (!parsed.ok)
    throw invalidParams(`Invalid arguments for prompt ${cleanLine(prompt.name, 100)}: ${parsed.problem}`);
  const lines = await prompt.lines(parsed.value as Record<string, unknown>);
  const text = lines.join('\n');
  return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }] };
}

/** Loaded when a prompt is used. */
const texts = () => import('./session-texts.ts');

/** The best call to read a session with the tools on offer: its tool and arguments. Undefined if none reads one. */
function readingCall(
  has: (tool: string) => boolean,
): ((sessionId: string) => readonly [tool: string, callArguments: object]) | undefined {
  if (has('get_session')) return (session_id) => ['get_session', { session_id, history_limit: 30 }];
  if (has('get_session_history')) return (session_id) => ['get_session_history', { session_id, limit: 30 }];
  return undefined;
}
