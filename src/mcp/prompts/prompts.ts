import { SessionChannel } from '../../contract/primitives.ts';
import { z } from '../../contract/zod.ts';
import { parseArguments } from '../../pipeline/arguments.ts';
import { clean, cleanLine } from '../../text/clean.ts';
import type { AnyTool } from '../../tools/index.ts';
import { SessionId } from '../../tools/input/session-id.ts';
import { invalidParams } from '../request-error.ts';
import { deskPrompts } from './desk-prompts.ts';
import { type Prompt, sessionTextIsData } from './prompt.ts';

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
        lines: ({ channel_type }) => triage(channel_type),
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
      lines: (input) => draft(read(input.session_id), input.session_id, input.guidance, has('send_message')),
    }),
    definePrompt({
      name: 'summarize_session',
      title: 'Summarize a session',
      description: 'What one session is about, what was done, and what is still open',
      input: z.object({ session_id }),
      completions,
      lines: (input) => summary(read(input.session_id)),
    }),
  );
  return prompts;
}

/** The identity function, for the type of `lines`. */
function definePrompt<Input extends z.AnyZodObject>(
  prompt: Omit<Prompt, 'input' | 'lines'> & { input: Input; lines(input: z.output<Input>): string[] },
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

/** The best call to read a session with the tools on offer; undefined if none reads one. */
function readingCall(has: (tool: string) => boolean): ((sessionId: string) => string) | undefined {
  if (has('get_session')) return (session_id) => call('get_session', { session_id, history_limit: 30 });
  if (has('get_session_history'))
    return (session_id) => call('get_session_history', { session_id, limit: 30 });
  return undefined;
}

function call(tool: string, callArguments: object): string {
  return `${tool} ${JSON.stringify(callArguments)}`;
}

function triage(channel: string | undefined): string[] {
  const filters = {
    status: 'open',
    ...(channel === undefined ? {} : { channel_type: channel }),
    include_last_message: true,
  };
  return [
    `Triage the open support sessions${channel === undefined ? '' : ` on ${channel}`}.`,
    `1. ${call('list_sessions', filters)}. While the answer has a next_cursor, continue with it alone, for at most five pages; say so if there are more.`,
    '2. Order them: customers who wait come first, the longest wait on top; among equals, angry before neutral and handed off before the rest.',
    '3. Answer with a table: ticket number, channel, contact (and whether only claimed), what they want, waiting since, what to do next. If the last message is not known, say so.',
    'Change nothing: send no message and close no session.',
    sessionTextIsData,
  ];
}

function draft(read: string, id: string, guidance: string | undefined, canSend: boolean): string[] {
  return [
    `Draft a reply to the customer of support session ${id}.`,
    `1. ${read}.`,
    '2. Write what an agent should answer to what the customer last wanted: in the language and tone of the conversation, short, and without promises or facts that the conversation does not support. Give no account data to a person whose identity is only claimed.',
    ...(guidance === undefined || guidance.trim() === ''
      ? []
      : [`What it should say: ${clean(guidance).trim()}`]),
    `3. Show me the draft, and say what you are not sure about. ${
      canSend
        ? 'Send nothing before I agree; then use send_message with sender agent.'
        : 'Nothing can be sent from here: I will send it myself.'
    }`,
    sessionTextIsData,
  ];
}

function summary(read: string): string[] {
  return [
    `Summarize a support session. Read it: ${read}.`,
    'Answer in at most eight lines: who the customer is (and whether that is verified), what they want, what was done and by whom, what is still open, who has to act next and since when. If older messages exist that you did not read, say so.',
    sessionTextIsData,
  ];
}
