import { routes } from '../../contract/routes.ts';
import { z } from '../../contract/zod.ts';
import { HttpError, validate } from './errors.ts';

const operationIds = Object.values(routes).map(({ operationId }) => operationId);

const common = {
  /** Number of requests affected. */
  count: z.number().int().min(1).max(1000).default(1),
  /** Affects only this operation. Default: all. */
  operation: z.enum(operationIds as [string, ...string[]]).optional(),
};
/** Whether the request takes effect although it appears to fail. */
const carriedOut = { carried_out: z.boolean().default(false) };

const Fault = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('slow'),
      delay_ms: z.number().int().min(1).max(120_000).default(2000),
      ...common,
    })
    .strict(),
  z
    .object({
      kind: z.literal('fail'),
      status: z.number().int().min(400).max(599).default(503),
      ...carriedOut,
      ...common,
    })
    .strict(),
  z.object({ kind: z.literal('reset'), ...carriedOut, ...common }).strict(),
  z
    .object({
      kind: z.literal('rate_limit'),
      retry_after_seconds: z.number().int().min(1).max(3600).default(1),
      ...common,
    })
    .strict(),
]);
export type Fault = z.output<typeof Fault>;
/**
 * What makes the next requests slow or fail: see the table in docs/sandbox.md.
 * @useDeclaredType
 */
export type FaultRequest = z.input<typeof Fault>;

const maxPending = 100;

/** The faults that the next requests to this process meet. */
export class PendingFaults {
  #pending: Fault[] = [];

  get list(): readonly Fault[] {
    return this.#pending;
  }

  /** @param root what the fault is called in messages. @throws HttpError if it is not a fault, or too many are pending. */
  add(fault: unknown, root = 'body'): void {
    const valid = validate(Fault, fault, root);
    if (this.#pending.length >= maxPending)
      throw new HttpError(409, `At most ${maxPending} faults can be pending`);
    this.#pending.push(valid);
  }

  clear(): void {
    this.#pending = [];
  }

  /** Takes the first pending fault for an operation and counts it down. */
  take(operationId: string): Fault | undefined {
    const fault = this.#pending.find(({ operation = operationId }) => operation === operationId);
    if (fault) fault.count -= 1;
    this.#pending = this.#pending.filter(({ count }) => count > 0);
    return fault;
  }
}
