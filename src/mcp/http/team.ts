import type { CallDependencies } from '../../pipeline/call.ts';
import type { Outbox } from '../../state/outbox/outbox.ts';
import type { RedactionRules } from '../../text/personal-data/redactor.ts';
import type { Offer } from '../offer.ts';

/** One account of the API, with everything that its members share. */
export interface Workspace {
  readonly id: string;
  /** The key of its stand-ins for personal data. Replicas share it. */
  readonly redactionKey: Uint8Array;
  readonly dependencies: Pick<
    CallDependencies,
    'client' | 'accountScope' | 'sendLog' | 'audit' | 'logger' | 'secrets'
  >;
  /** The messages of its members that wait for a person. */
  readonly outbox?: Outbox | undefined;
}

/** What its members may do. */
export interface Role {
  readonly name: string;
  readonly offer: Offer;
  /** What is left of the offer when a caller asks to read only; undefined if nothing is. */
  readonly readOnlyOffer: Offer | undefined;
  /** Whether a person has to approve every message in the client. */
  readonly confirmSends: boolean;
  /** Whether every message waits in the outbox. */
  readonly usesOutbox?: boolean | undefined;
  /** Whether they may decide about messages in the outbox: never with the token of a program. */
  readonly approvesSends?: boolean | undefined;
  readonly allowVerified: boolean;
  /** Kinds of personal data that answers must not show. */
  readonly redact: RedactionRules['kinds'];
}

/** Who was let in, where, and as what. */
export interface Grant {
  /** Who vouches for the person: `token`, or the identity provider. */
  readonly issuer: string;
  /** The person, or the program, by the name that the issuer gives. */
  readonly subject: string;
  readonly workspace: Workspace;
  readonly role: Role;
  /** The scopes of the token, which narrow the role; undefined for tokens that have none of their own. */
  readonly scopes?: readonly string[];
}

/** Why a token does not let anybody in, in words for its bearer. */
export interface Rejection {
  readonly reason: 'invalid' | 'forbidden' | 'not_found' | 'unavailable';
  readonly message: string;
}

/** The team that is served now. A reload replaces it as a whole. */
export interface Team {
  readonly workspaces: ReadonlyMap<string, Workspace>;
  /**
   * @param workspace the one in the address, if it names one.
   * @returns whoever a bearer token stands for; undefined if it is not known.
   */
  authenticate(bearer: string, workspace?: string | undefined): Promise<Grant | Rejection | undefined>;
  /** Where people sign in, if they can: the identity provider, and the address of this server that tokens are made for. */
  readonly signIn?: { readonly issuer: string; readonly publicUrl: string } | undefined;
  /** Who is let in without a token. Only on loopback, and only if the team has no tokens and no sign-in. */
  readonly anyone?: Grant | undefined;
}

/** The scopes of a role, for OAuth. */
export function scopesOf({ offer }: Role): string[] {
  return offer.tools.some(({ effect }) => effect.write) ? [...allScopes] : ['sessions:read'];
}

export const allScopes = ['sessions:read', 'sessions:write'] as const;

/** Identifies the person in a workspace. Nothing is shared between two of these. */
export function principalId({ issuer, subject, workspace }: Grant): string {
  return JSON.stringify([issuer, subject, workspace.id]);
}
