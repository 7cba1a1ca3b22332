/** Whether an HTTP header can carry the key: printable ASCII without spaces. */
export function isValidApiKey(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key);
}
