/** Adds an ANSI style to a text. */
export type Paint = (code: number, text: string) => string;

/** Styles text only when stdout is a terminal and NO_COLOR is not set. */
export function createPaint(env: Readonly<Record<string, string | undefined>>): Paint {
  const enabled = process.stdout.isTTY === true && !env['NO_COLOR'];
  return (code, text) => (enabled ? `\u001b[${code}m${text}\u001b[0m` : text);
}
