import type { AnyTool } from '../index.ts';
import { showSession } from './show-session.ts';
import { viewSession } from './view-session.ts';

/** The tools of the card, in the order in which they are listed after all others. */
export const cardTools: readonly AnyTool[] = [showSession, viewSession];
