/** The codes of JSON-RPC that this server answers with. */
export const errorCode = { invalidParams: -32602, internal: -32603 } as const;

/** A request that is answered with an error of the protocol, not with a result. Every SDK answers with its `code`. */
export class RequestError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
  }
}

export function invalidParams(message: string): RequestError {
  return new RequestError(errorCode.invalidParams, message);
}
