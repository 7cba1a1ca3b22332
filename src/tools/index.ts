import type { z } from '../contract/zod.ts';
import { countSessions } from './count-sessions.ts';
import { createSession } from './create-session.ts';
import { findMessages } from './find-messages.ts';
import { getAttachment } from './get-attachment.ts';
import { getSession } from './get-session.ts';
import { getSessionHistory } from './get-session-history.ts';
import { listSessions } from './list-sessions.ts';
import { searchSessions } from './search-sessions.ts';
import { sendMessage } from './send-message.ts';
import type { Tool } from './tool.ts';
import { updateSession } from './update-session.ts';

// biome-ignore lint/suspicious/noExplicitAny: each tool checks its own types; the registry only needs the shape
export type AnyTool = Tool<z.AnyZodObject, any, z.AnyZodObject>;

/** The tools that every client is offered, in the order in which they are listed: reads first. */
export const tools: readonly AnyTool[] = [
  listSessions,
  searchSessions,
  getSession,
  getSessionHistory,
  countSessions,
  findMessages,
  getAttachment,
  createSession,
  sendMessage,
  updateSession,
];

/**
 * The names of the tools in card/, which are loaded and offered only for clients that can show the card. They say what
 * get_session says.
 */
export const cardToolNames: readonly string[] = ['show_session', 'view_session'];
