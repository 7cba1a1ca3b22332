import { teamUrl } from '../setup/team-url.ts';
import { mayHaveEntry } from './change-file.ts';
import type { McpClient } from './clients/client.ts';
import { clients } from './clients/clients.ts';
import { isInstalled, projectFileOf, userFileOf } from './clients/find-client.ts';
import type { Context } from './plan.ts';

interface Choice {
  readonly client: McpClient;
  /** The file that would be changed. */
  readonly file: string;
}

const print = (...lines: string[]) => process.stdout.write(`${lines.join('\n')}\n`);

/** Asks which of the clients on this machine to change; to remove the entry, those that have one. */
export async function chooseClients(context: Context): Promise<McpClient[]> {
  const { terminal, options } = context;
  const choices = await choicesOf(context);
  if (choices.length === 0) {
    print(
      options.remove
        ? 'No client on this machine has an entry of this server.'
        : 'No known client is installed here. For the list of clients, run this with --help.',
    );
    return [];
  }
  const width = Math.max(...choices.map(({ client }) => client.title.length));
  print('Clients on this machine:', '');
  for (const [at, { client, file }] of choices.entries())
    print(`  ${String(at + 1).padStart(2)}  ${client.title.padEnd(width)}  ${file}`);
  print('');
  const action = options.remove
    ? 'Remove the entry from which clients?'
    : 'Add the server to which clients? A backup of each file is kept.';
  for (;;) {
    const answer = await terminal.ask(`${action} (numbers, all, or Enter for none): `);
    const chosen = parseChoice(answer, choices);
    if (chosen !== undefined) return chosen.map(({ client }) => client);
    print(`Enter numbers from 1 to ${choices.length}, such as 1 3 or 1-3.`);
  }
}

async function choicesOf({ machine, options, program }: Context): Promise<Choice[]> {
  const url = options.url === undefined ? undefined : teamUrl(options.url);
  const choices: Choice[] = [];
  for (const client of clients.filter((one) => isInstalled(one, machine))) {
    const file = options.project ? projectFileOf(client, machine) : userFileOf(client, machine);
    if (file === undefined) continue;
    if (options.remove && !(await mayHaveEntry(client, file, program, url))) continue;
    choices.push({ client, file });
  }
  return choices;
}

/** @returns undefined for an answer that names anything else. */
function parseChoice(answer: string, choices: readonly Choice[]): Choice[] | undefined {
  if (/^all$/i.test(answer)) return [...choices];
  const words = answer
    .split('-')
    .map((part) => part.trim())
    .join('-')
    .split(/[\s,]+/)
    .filter(Boolean);
  const chosen = new Set<Choice>();
  for (const word of words) {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
    const [first, last] = [Number(from), Number(to)];
    // False for what is no number, too.
    if (!(first >= 1 && first <= last && last <= choices.length)) return undefined;
    for (const choice of choices.slice(first - 1, last)) chosen.add(choice);
  }
  return [...chosen];
}
