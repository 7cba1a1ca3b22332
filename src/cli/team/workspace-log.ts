import { ForbiddenError, UnauthenticatedError } from '../../client/errors.ts';
import type { CallLogger } from '../../pipeline/call.ts';

/**
 * The log of a workspace. A line about a key that the API refuses names the setting that has the key, and has no stack: it
 * is the key that has to change.
 * @param keySetting such as `api_key_file`.
 */
export function workspaceLog(workspace: string, keySetting: string, logger: CallLogger): CallLogger {
  const key = `the key of workspace ${workspace} (${keySetting})`;
  return {
    info: (fields, message) => logger.info({ workspace, ...fields }, message),
    error(fields, message) {
      const { err, ...others } = fields as { readonly err?: unknown };
      if (!(err instanceof UnauthenticatedError || err instanceof ForbiddenError))
        return logger.error({ workspace, ...fields }, message);
      const { requestId } = err;
      logger.error(
        { workspace, ...others, requestId },
        err instanceof UnauthenticatedError
          ? `the API refuses ${key} (401)`
          : `the API does not let ${key} do this (403)`,
      );
    },
  };
}
