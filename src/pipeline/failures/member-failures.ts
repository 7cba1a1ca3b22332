import type { OpenCxError } from '../../client/errors.ts';
import type { Failure } from '../../presenters/failure.ts';
import { AuditError, OutboxError, SendLogError, VanishedRecordError } from '../../state/errors.ts';
import type { AnyTool } from '../../tools/index.ts';
import { afterwards } from './failures.ts';

/**
 * What a member of a team is told of an error that only the operator can do something about: nothing about files, variables
 * or addresses of the server.
 */
export function memberFailure(failure: Failure, error: unknown, tool: AnyTool, hasWritten: boolean): Failure {
  return { ...failure, ...memberTexts(failure, error, tool, hasWritten) };
}

function memberTexts(
  { next }: Failure,
  error: unknown,
  tool: AnyTool,
  hasWritten: boolean,
): Pick<Failure, 'what' | 'next'> {
  const tell = 'Tell the administrators of this server; its log has the reason.';
  if (error instanceof SendLogError) {
    return {
      what: 'Not sent: the record of sent messages cannot be kept. Without it a message could go out twice.',
      next: error.cause instanceof VanishedRecordError ? next : tell,
    };
  }
  if (error instanceof OutboxError) {
    return { what: 'Not sent: the drafts that wait for a person cannot be kept.', next: tell };
  }
  if (error instanceof AuditError) {
    return {
      what: 'Not done: the audit log cannot be written. Writes require a working audit log.',
      next: tell,
    };
  }
  switch ((error as OpenCxError).kind) {
    case 'unauthenticated':
      return { what: 'Unauthenticated (401): the API does not accept the key of this server.', next: tell };
    case 'forbidden':
      return { what: 'Not permitted (403): the key of this server may not do this.', next: tell };
    case 'connection':
      return {
        what: (error as OpenCxError).mayHaveArrived
          ? 'The connection to the API broke before its answer was complete.'
          : 'The API could not be reached.',
        next: `${afterwards((error as OpenCxError).mayHaveArrived && hasWritten, tool).next} If it happens again, tell the administrators of this server.`,
      };
    default:
      return { what: 'This server is not set up to use the API.', next: tell };
  }
}
