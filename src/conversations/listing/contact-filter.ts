import type { Session, SessionContact } from '../../contract/entities.ts';
import { clean } from '../../text/clean.ts';
import { foldedWords } from '../../text/fold.ts';

/**
 * What a session's contact is known by: data that was verified, data that the customer claims, or a phone number, of
 * which the API does not say whether it was verified.
 */
export type ContactMatch = 'verified' | 'claimed' | 'unknown';

/** Fewer digits are more likely part of a name than a phone number. */
const minPhoneDigits = 5;

const phoneForm = /^[+\d\s()./-]+$/;

/** Longer names and addresses are compared up to here. */
const maxCompared = 500;

/**
 * Whether a session belongs to the wanted person.
 * @param wanted a contact id, an e-mail address (case is ignored), a phone number (only digits count), or a name (all
 * its words have to occur as whole words; case and accents are ignored).
 * @returns the best data that matched; false if none did.
 */
export function matchesContact({ contact }: Session, wanted: string): ContactMatch | false {
  if (!contact) return false;
  const text = clean(wanted.slice(0, maxCompared)).trim();
  if (contact.id.toLowerCase() === text.toLowerCase()) return knownBy(contact);
  if (text.includes('@')) {
    return best(contact.email, contact.non_verified_email, (email) => addressOf(email) === addressOf(text));
  }
  const digits = phoneDigits(text);
  if (phoneForm.test(text) && digits.length >= minPhoneDigits) {
    return contact.phone_number && phoneDigits(contact.phone_number) === digits ? 'unknown' : false;
  }
  const words = foldedWords(text);
  if (words.length === 0) return false;
  return best(contact.name, contact.non_verified_name, (name) => {
    const present = foldedWords(clean(name.slice(0, maxCompared)));
    return words.every((word) => present.includes(word));
  });
}

/** An id says who is meant, not that anything about that person was verified. */
function knownBy({ name, email, non_verified_name, non_verified_email }: SessionContact): ContactMatch {
  if (name || email) return 'verified';
  return non_verified_name || non_verified_email ? 'claimed' : 'unknown';
}

function best(
  verified: string | null | undefined,
  claimed: string | null | undefined,
  matches: (value: string) => boolean,
): ContactMatch | false {
  if (verified && matches(verified)) return 'verified';
  return claimed && matches(claimed) ? 'claimed' : false;
}

function addressOf(email: string): string {
  return email.trim().toLowerCase();
}

/** `00` before a country code means the same as `+`. */
function phoneDigits(phone: string): string {
  return phone.slice(0, maxCompared).replace(/\D/g, '').replace(/^00/, '');
}
