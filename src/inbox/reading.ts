import type { Context } from '../conversations/context.ts';
import type { PresentContext } from '../presenters/rendering/rendering.ts';

/** One read of a person. */
export interface Reading {
  /** What the use cases work with. */
  readonly context: Context;
  /** Replaces personal data. Absent if the person may see it. */
  readonly redact?: PresentContext['redact'];
}
