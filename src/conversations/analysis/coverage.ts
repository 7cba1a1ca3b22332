import type { Session } from '../../contract/entities.ts';
import { parseTime } from '../../text/time-format.ts';

/** What an answer over many sessions rests on. An incomplete one is never presented as a total. */
export interface Coverage {
  /** Sessions that were looked into. */
  readonly sessionsRead: number;
  /** Sessions that match the filters. Absent while the end of the list has not been reached. */
  readonly sessionsMatching?: number | undefined;
  /** Whether every matching session was looked into, to the end. */
  readonly complete: boolean;
  /** Latest and earliest `updated_at` of the sessions that were looked into; absent if there are none. */
  readonly newest?: string | undefined;
  readonly oldest?: string | undefined;
}

/** Adds up the coverage of sessions as they are read. */
export class Coverages {
  /** Sessions read, those of earlier calls included. */
  read: number;
  #newest: string | undefined;
  #oldest: string | undefined;

  constructor(readBefore = 0) {
    this.read = readBefore;
  }

  add({ updated_at: updated }: Session): void {
    this.read += 1;
    const time = parseTime(updated);
    if (Number.isNaN(time)) return;
    if (!this.#newest || time > parseTime(this.#newest)) this.#newest = updated;
    if (!this.#oldest || time < parseTime(this.#oldest)) this.#oldest = updated;
  }

  coverage(complete: boolean): Coverage {
    return {
      sessionsRead: this.read,
      ...(complete ? { sessionsMatching: this.read } : {}),
      complete,
      newest: this.#newest,
      oldest: this.#oldest,
    };
  }
}
