/** More digits are no ticket number. An id of digits only is not to be expected: the API's are UUIDs. */
const form = /^(?:ticket ?(?:number|no\.?|nr\.?)? ?)?#? ?(\d{1,12})$/i;

/**
 * The number in `#4544`, `4544` or `ticket 4544`; undefined for any other text. Up to 12 digits alone are always taken
 * as a ticket number, never as a session id.
 */
export function ticketNumberOf(text: string): number | undefined {
  const [, digits] = form.exec(text.slice(0, 100).trim().replace(/\s+/g, ' ')) ?? [];
  return digits === undefined || text.trim().length > 40 ? undefined : Number(digits);
}
