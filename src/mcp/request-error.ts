/** The codes of JSON-RPC that this server answers with. */
export const errorCode = { invalidParams: -32602, internal: -32603 } as const;

/** A request that is answered with an error of the protocol, not with a result. Every SDK answers with its `code`. */
export class RequestError extends Error {
  readonly code: number;
  /** More about it, for programs. */
  readonly data: object | undefined;

  constructor(code: number, message: string, data?: object) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
    this.data = data;
  }
}

export function invalidParams(message: string, data?: object): RequestError {
  return new RequestError(errorCode.invalidParams, message, data);
}
