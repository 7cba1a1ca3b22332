import { createHash, randomUUID } from 'node:crypto';
import {
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
} from '@modelcontextprotocol/server';
import type { Confirmation } from '../../conversations/context.ts';
import type { InputRequiredOutcome } from '../../pipeline/call.ts';
import type { Approvals } from '../../state/approvals.ts';
import { invalidParams } from '../request-error.ts';

/** A question waits this long for its answer. */
const lifetimeSeconds = 600;

/** The key of our only question in `inputRequests` and `inputResponses`. */
const questionKey = 'approval';

/** One run of a call, as the client asked for it. */
export interface AskedCall {
  readonly tool: string;
  readonly arguments: unknown;
  /** Whose call it is. An answer counts for the same principal only. */
  readonly principal: string;
  /** What the client repeated of an earlier `input_required` result. */
  readonly requestState: unknown;
  readonly inputResponses: Record<string, unknown> | undefined;
}

/** What the client keeps while a person decides. It is signed, not encrypted: nothing in it is secret. */
interface State {
  readonly id: string;
  readonly principal: string;
  readonly tool: string;
  /** Hash of the arguments. */
  readonly arguments: string;
  /** Hash of what the person is shown. */
  readonly shown: string;
}

/**
 * Questions to a person in version 2026-07-28 of the protocol: a call ends with the question, and the client repeats it
 * with the answer. Nothing is kept until then. The state that travels with the question is signed, and binds the answer
 * to the principal, the tool, its arguments and what was shown. It expires, and is good for one send.
 * @param key at least 32 bytes. Replicas that answer for each other share it.
 */
export function sendApproval(key: Uint8Array, approvals: Approvals) {
  const codec = createRequestStateCodec({ key, ttlSeconds: lifetimeSeconds });
  return {
    /** The result that asks the client for an answer. */
    async question(
      call: AskedCall,
      { question, digest }: InputRequiredOutcome,
    ): Promise<InputRequiredResult> {
      const { tool, principal } = call;
      const state: State = {
        id: randomUUID(),
        principal: hashOf(principal),
        tool,
        arguments: hashOf(call.arguments),
        shown: digest,
      };
      const requestedSchema = { type: 'object' as const, properties: {} };
      return inputRequired({
        inputRequests: { [questionKey]: inputRequired.elicit({ message: question, requestedSchema }) },
        // The codec reads no context unless it is told to bind one.
        requestState: await codec.mint(state as unknown as Record<string, string>),
      });
    },

    /**
     * The answer that the client repeats the call with; undefined if it brings none.
     * @throws RequestError if its state is not ours, has expired, or belongs to another call.
     */
    async answer(call: AskedCall): Promise<Confirmation | undefined> {
      if (call.requestState === undefined) return undefined;
      const state = await read(call.requestState);
      if (
        state?.principal !== hashOf(call.principal) ||
        state.tool !== call.tool ||
        state.arguments !== hashOf(call.arguments)
      ) {
        throw invalidParams(
          'The requestState has expired, or belongs to another call. Nothing was changed. Call again without it to be asked again.',
        );
      }
      const response = inputResponse(call.inputResponses, questionKey);
      // Without an answer it is asked again.
      if (response.kind === 'missing') return undefined;
      return {
        // Only an answer that can be read is an approval.
        answer: response.kind === 'elicit' ? response.action : 'failed',
        digest: state.shown,
        use: () => approvals.use(state.id, lifetimeSeconds * 1000),
      };
    },
  };

  async function read(state: unknown): Promise<State | undefined> {
    if (typeof state !== 'string') return undefined;
    try {
      return (await codec.verify(state, undefined as never)) as State;
    } catch {
      return undefined;
    }
  }
}

export type SendApproval = ReturnType<typeof sendApproval>;

function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('base64url');
}
