/** The approvals of people that were used. Each is good for one send. */
export interface Approvals {
  /**
   * Uses an approval. Of several that try at once, one gets `true`.
   * @param lifetimeMs how long the approval could be presented; after that it may be forgotten.
   * @returns false if it was used before.
   */
  use(id: string, lifetimeMs: number): Promise<boolean>;
}
