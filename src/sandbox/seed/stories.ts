import { refunds } from './refunds.ts';
import type { Story } from './story.ts';

/** All conversations of the demo: the support desk of Juniper & Pike, an outdoor shop that does not exist. */
export const stories: readonly Story[] = [...refunds];
