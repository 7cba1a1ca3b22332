import type { Principal } from '../principal.ts';

/** People whose memory is kept. Whoever comes back after being forgotten is only warned before a send. */
const maxPrincipals = 10_000;

/** What is remembered about each person, between their requests. */
export class Principals {
  readonly #make: (id: string) => Principal;
  readonly #limit: number;
  readonly #known = new Map<string, Principal>();

  /** @param limit beyond it, whoever called longest ago is forgotten. */
  constructor(make: (id: string) => Principal, limit = maxPrincipals) {
    this.#make = make;
    this.#limit = limit;
  }

  of(id: string): Principal {
    const principal = this.#known.get(id) ?? this.#make(id);
    this.#known.delete(id);
    this.#known.set(id, principal);
    const [oldest] = this.#known.keys();
    if (this.#known.size > this.#limit && oldest !== undefined) this.#known.delete(oldest);
    return principal;
  }
}
