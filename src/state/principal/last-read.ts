/** How far one principal has read each conversation. A warning before a send depends on it. */
export interface LastReadMarks {
  /** `created_at` of the newest message that was shown; undefined if none was. */
  get(sessionId: string): Promise<string | undefined>;
  set(sessionId: string, newest: string): Promise<void>;
}
