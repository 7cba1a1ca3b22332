/** Characters kept of a message: room for its version, id and method. */
const maxKept = 2000;

const quote = 0x22;
const backslash = 0x5c;
/** With `braceBit` removed, `{` and `[` are one, as are `}` and `]`. */
const open = 0x5b;
const close = 0x5d;
const braceBit = 0x20;

/**
 * Finds the id of a message that is too large to be parsed or kept, so that it can be refused: reads it in pieces and
 * keeps the root's own members, with `null` in the place of each inner list and object.
 */
export class MessageOutline {
  #kept = '';
  #depth = 0;
  #inString = false;
  #isEscaped = false;

  read(piece: Buffer): void {
    for (const byte of piece) {
      const isNested = this.#depth > 1;
      if (this.#inString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === backslash) this.#isEscaped = true;
        else if (byte === quote) this.#inString = false;
      } else if (byte === quote) this.#inString = true;
      else if ((byte & ~braceBit) === open) {
        this.#depth += 1;
        if (this.#depth === 2) this.#keep('null');
      } else if ((byte & ~braceBit) === close) this.#depth -= 1;
      if (!isNested && this.#depth <= 1) this.#keep(String.fromCharCode(byte));
    }
  }

  /** The id of the request; null if it has none, or none that can be told. */
  requestId(): string | number | null {
    return idIn(this.#kept);
  }

  #keep(text: string): void {
    if (this.#kept.length < maxKept) this.#kept += text;
  }
}

/** The id in the JSON text of a request; null if it has none, or is not JSON. */
export function idIn(text: string): string | number | null {
  try {
    return requestId(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The id of a request; null if the message has none, or one that MCP does not allow. */
export function requestId(message: unknown): string | number | null {
  const { id } = Object(message) as { id?: unknown };
  return typeof id === 'string' || Number.isSafeInteger(id) ? (id as string | number) : null;
}
