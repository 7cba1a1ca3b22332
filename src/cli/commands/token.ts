import { newToken } from '../../mcp/http/tokens.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';
import { readTeamFile } from '../team/open-team.ts';

export interface TokenOptions {
  readonly workspace: string;
  readonly role: string;
  /** Checked for the names, if given. It is not changed. */
  readonly team?: string;
}

/** Prints a new token, once, and the entry for the team file, which has only its hash. */
export async function runToken(name: string, { workspace, role, team }: TokenOptions): Promise<void> {
  if (team !== undefined) await checkNames(name, workspace, role, team);
  const { token, sha256 } = newToken();
  process.stdout.write(
    [
      `Token of ${name}. It is shown only now. Send it to them over a secure channel:`,
      '',
      `  ${token}`,
      '',
      'Add this to "tokens" in the team file, then send SIGHUP to every replica of the server:',
      '',
      `  ${JSON.stringify({ name, sha256, workspace, role })}`,
      '',
    ].join('\n'),
  );
}

async function checkNames(name: string, workspace: string, role: string, team: string): Promise<void> {
  const { workspaces, roles, tokens } = await readTeamFile(team);
  if (!Object.hasOwn(workspaces, workspace))
    throw new ConfigurationError(
      `--workspace: ${team} has no such workspace.${didYouMean(workspace, Object.keys(workspaces))}`,
    );
  if (!Object.hasOwn(roles, role))
    throw new ConfigurationError(`--role: ${team} has no such role.${didYouMean(role, Object.keys(roles))}`);
  if (tokens.some((token) => token.name === name))
    throw new ConfigurationError(`${team} already has a token with this name. Choose another name.`);
}
