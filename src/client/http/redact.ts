/** Shorter keys are not real keys, and would match in ordinary text. */
const minSecretLength = 8;

/** Replaces every occurrence of the API key. */
export function redact(text: string, apiKey: string): string {
  return apiKey.length < minSecretLength ? text : text.replaceAll(apiKey, '[key]');
}
