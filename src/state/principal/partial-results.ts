/** Results of one principal that are not complete yet, kept until they are continued. */
export interface PartialResults {
  /**
   * @param id of an earlier one, to replace it.
   * @returns an id to load it with.
   */
  save(result: string, id?: string): Promise<string>;
  /** Undefined for an id that is not known, or not any more. A result may be loaded again. */
  load(id: string): Promise<string | undefined>;
}

/** How long a partial result is kept. */
export const keptMinutes = 15;
