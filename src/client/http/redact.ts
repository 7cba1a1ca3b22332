/** Shorter keys are none that a server would give out, and masking them would riddle every text. */
const shortestSecret = 8;

/** The text without the API key, whoever wrote it there. */
export function redact(text: string, apiKey: string): string {
  return apiKey.length < shortestSecret ? text : text.replaceAll(apiKey, '[key]');
}
