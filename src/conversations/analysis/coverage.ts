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
