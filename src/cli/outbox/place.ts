import type { SessionsClient } from '../../client/client.ts';
import { OpenCxError, UnauthenticatedError } from '../../client/errors.ts';
import { Deadline } from '../../time/deadline.ts';
import { type Environment, stateDirectory } from '../settings/read-settings.ts';
import type { Settings } from '../settings/settings.ts';
import type { ApiTarget } from '../setup/api/api-target.ts';

/** Where drafts are looked for. With other settings than those of the server, they are looked for in the wrong place. */
export interface Place {
  /** Whose outbox it is: that of one key at one address. */
  readonly account: string;
  /** What keeps it, without a user or a password. */
  readonly storage: string;
  /** Asks the API about the key. Absent if no key is needed. @returns what is wrong; undefined if nothing is. */
  checkKey?(): Promise<KeyProblem | undefined>;
}

interface KeyProblem {
  /** Whether the key is known to be wrong. */
  readonly isRefused: boolean;
  /** In sentences, which may quote the API. */
  readonly text: string;
}

/** A person waits for the answer. */
const checkTimeoutMs = 10_000;

export function placeOf(
  settings: Settings<'serve'>,
  env: Environment,
  { sandbox, baseUrl }: ApiTarget,
  client: Pick<SessionsClient, 'listSessions'>,
): Place {
  const storage = storageOf(settings, env);
  if (sandbox !== undefined) return { account: `the sandbox (data: ${sandbox.location})`, storage };
  const source = settings.apiKey === undefined ? `the file ${settings.apiKeyFile}` : 'OPENCX_API_KEY';
  return {
    account: `the account of this key at ${new URL(baseUrl).host}`,
    storage,
    async checkKey() {
      try {
        await client.listSessions({}, { deadline: Deadline.after(checkTimeoutMs) });
        return undefined;
      } catch (error) {
        if (!(error instanceof OpenCxError)) throw error;
        return error instanceof UnauthenticatedError
          ? {
              isRefused: true,
              text: `The API refuses the key in ${source} (401). Messages may wait in the account of another key.`,
            }
          : { isRefused: false, text: `The key could not be checked. ${error.message}` };
      }
    },
  };
}

function storageOf(settings: Settings<'serve'>, env: Environment): string {
  if (settings.databaseUrl === undefined)
    return `the files of ${stateDirectory(settings, env)}; OPENCX_DATABASE_URL is not set`;
  const { host, pathname, searchParams } = new URL(settings.databaseUrl);
  const schema = searchParams.get('schema');
  return `PostgreSQL ${host}${pathname}${schema === null ? '' : `, schema ${schema}`}`;
}
