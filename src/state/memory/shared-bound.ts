/** Characters of all memories of one process together: about 130 MB, since most of them take a byte. */
const maxSharedCharacters = 128_000_000;

/** The part of a memory that counts against what all of them may have together. */
export interface BoundMember {
  characters(): number;
  clear(): void;
}

/**
 * What the memories of many principals may have together. Beyond it, the memory of the principal who read longest ago is
 * emptied: what was in it is read again.
 */
export class SharedBound {
  readonly #limit: number;
  readonly #members = new Map<BoundMember, number>();
  #total = 0;

  /** @param limit characters of JSON. */
  constructor(limit = maxSharedCharacters) {
    this.#limit = limit;
  }

  /** To be called after a memory grew or shrank. */
  changed(member: BoundMember): void {
    const before = this.#members.get(member) ?? 0;
    const now = member.characters();
    this.#total += now - before;
    this.#members.delete(member);
    if (now > 0) this.#members.set(member, now);
    if (now <= before) return;
    for (const [oldest] of this.#members) {
      if (this.#total <= this.#limit || oldest === member) break;
      oldest.clear();
      this.#total -= this.#members.get(oldest) ?? 0;
      this.#members.delete(oldest);
    }
  }
}
