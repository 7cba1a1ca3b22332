/**
 * The people of the demo. All are made up; addresses are under the domains kept for examples, numbers in ranges
 * kept for fiction.
 */
export interface Person {
  readonly name: string;
  /** Proven by the organisation. */
  readonly verified?: { readonly email?: string; readonly customData?: Readonly<Record<string, string>> };
  /** Said by the customer. */
  readonly claimed?: {
    readonly name?: string;
    readonly email?: string;
    readonly customData?: Readonly<Record<string, string | number | boolean>>;
  };
  readonly phone?: string;
}

export const people: readonly Person[] = [
  {
    name: 'Amelia Hart',
    verified: {
      email: 'amelia.hart@example.com',
      customData: { plan: 'club', region: 'uk', customer_since: '2021' },
    },
    phone: '+44 20 7946 0018',
  },
];
