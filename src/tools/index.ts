import type { z } from '../contract/zod.ts';
import { createSession } from './create-session.ts';
import { findMessages } from './find-messages.ts';
import { getSession } from './get-session.ts';
import { getSessionHistory } from './get-session-history.ts';
import { listSessions } from './list-sessions.ts';
import { searchSessions } from './search-sessions.ts';
import { sendMessage } from './send-message.ts';
import type { Tool } from './tool.ts';
import { updateSession } from './update-session.ts';

// biome-ignore lint/suspicious/noExplicitAny: each tool checks its own types; the registry only needs the shape
export type AnyTool = Tool<z.AnyZodObject, any, z.AnyZodObject>;

/** Every tool, in the order in which it is listed: reads first. */
export const tools: readonly AnyTool[] = [
  listSessions,
  searchSessions,
  getSession,
  getSessionHistory,
  findMessages,
  createSession,
  sendMessage,
  updateSession,
];
