import { baseUrlProblem } from '../../client/base-url.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';

/**
 * The address of a team server, with the usual path if it has none.
 * @throws ConfigurationError if a token must not be sent there.
 */
export function teamUrl(text: string): string {
  const problem = baseUrlProblem(text)
    ?.replace('https://api.open.cx', 'https://mcp.example.com/mcp')
    .replace('the key', 'the token');
  if (problem !== undefined) throw new ConfigurationError(`--url: ${problem}.`);
  const { origin, pathname } = new URL(text);
  return origin + (pathname === '/' ? '/mcp' : pathname.replace(/(?<!\/)\/+$/, ''));
}
