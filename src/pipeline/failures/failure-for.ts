import type { Failure } from '../../presenters/failure.ts';
import type { AnyTool } from '../../tools/index.ts';
import type { Audience } from '../audience.ts';
import { failureOf, needsOperator } from './failures.ts';

/**
 * What to tell the caller about an error that ended a call: what failed, whether anything changed, and what to do next.
 * @param hasWritten whether a write of the call may have left. Before that, a failure has changed nothing.
 * @returns undefined for an unexpected error, which is a bug of this server.
 */
export async function failureFor(
  audience: Audience,
  error: unknown,
  tool: AnyTool,
  hasWritten: boolean,
): Promise<Failure | undefined> {
  const failure = failureOf(error, tool, hasWritten);
  if (failure === undefined || audience === 'operator' || !needsOperator(error)) return failure;
  const { memberFailure } = await import('./member-failures.ts');
  return memberFailure(failure, error, tool, hasWritten);
}
