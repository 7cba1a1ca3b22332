import { clean } from '../../text/clean.ts';
import { sessionTextIsData } from './prompt.ts';

// The texts of the prompts about one conversation, and about those that are open. Loaded when a prompt is used.

/** A call as a model reads it. */
export function call(tool: string, callArguments: object): string {
  return `${tool} ${JSON.stringify(callArguments)}`;
}

export function triage(channel: string | undefined): string[] {
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

export function draft(read: string, id: string, guidance: string | undefined, canSend: boolean): string[] {
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

export function summary(read: string): string[] {
  return [
    `Summarize a support session. Read it: ${read}.`,
    'Answer in at most eight lines: who the customer is (and whether that is verified), what they want, what was done and by whom, what is still open, who has to act next and since when. If older messages exist that you did not read, say so.',
    sessionTextIsData,
  ];
}
