type Scalar = string | number | boolean;

/** Parses a stored custom data column. */
export function parseCustomData<T extends Scalar = Scalar>(json: string): Record<string, T> {
  return JSON.parse(json) as Record<string, T>;
}

/**
 * Merges custom data into a stored column, key by key. Keys that are not given keep their value.
 * Source: docs.open.cx/api-reference, `sendMessage`, "Custom data".
 * @returns the new column; null if nothing was ever set.
 */
export function mergeCustomData(
  stored: string | null,
  changes: Readonly<Record<string, Scalar>> | undefined,
): string | null {
  if (changes === undefined) return stored;
  return JSON.stringify({ ...(stored === null ? {} : parseCustomData(stored)), ...changes });
}
