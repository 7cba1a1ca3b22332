import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { openSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { seeded } from '../fakes/fakes.ts';
import { type Answer, accept, callTool } from './request-by-hand.ts';
import { type ServedTeam, serveTeam } from './served-team.ts';

/** What a storm of confirmed sends left behind. */
export interface SendStorm {
  readonly size: { messages: number; calls: number; kills: number; flushes: number; cuts: number };
  /** Messages that are in the sandbox more than once. */
  readonly doubled: readonly string[];
  /** Messages that somebody was told of as sent, and that are not there. */
  readonly lost: readonly string[];
  /** Messages that nobody was told of as sent although they tried again for minutes. */
  readonly undecided: readonly string[];
  /** Attempts that are open in the database although everybody has called once more after the trouble. */
  readonly open: number;
  /** Lines of the audit log that do not fit to the one before. */
  readonly brokenLines: number;
}

const atOnce = 12;
/** What an assistant does while the servers are in trouble: call again in a moment. */
const retryMs = 40;
/**
 * Sends messages, each confirmed by a person, through several replicas, while replicas are killed at random, Redis is emptied
 * and connections to PostgreSQL are cut. A part of the messages is sent by two people at once. Whoever gets no clear
 * answer calls again.
 */
export async function sendStorm(options: {
  seed: number;
  replicas: number;
  messages: number;
  rounds: number;
  /** A call of a killed replica counts as running for as long as this. */
  callTimeoutMs: number;
  /**
   * How long whoever gets no clear answer calls again. A message that a killed replica may have sent counts as lost only
   * when another one has looked for it for a minute, and that one may be killed too.
   */
  patienceMs: number;
}): Promise<SendStorm> {
  const random = seeded(options.seed);
  const sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, seed: 20 });
  const { url } = await sandbox.listen({ port: 0 });
  const team = await serveTeam({
    replicas: options.replicas,
    workspaces: { acme: { url, key: sandbox.key } },
    people: ['ada', 'ben'].map((name) => ({ name, workspace: 'acme' })),
    env: { OPENCX_CALL_TIMEOUT_MS: String(options.callTimeoutMs) },
  });
  const agent = new Agent({ keepAlive: true });
  try {
    return await run(options, random, sandbox, team, agent);
  } finally {
    agent.destroy();
    await team.close();
    await sandbox.close();
  }
}

async function run(
  { messages, rounds, patienceMs }: { messages: number; rounds: number; patienceMs: number },
  random: ReturnType<typeof seeded>,
  sandbox: Sandbox,
  team: ServedTeam,
  agent: Agent,
): Promise<SendStorm> {
  const size = { messages, calls: 0, kills: 0, flushes: 0, cuts: 0 };
  const sessions = (await sandbox.sessions()).map(({ id }) => id);
  const told = new Set<string>();

  async function deliver(person: string, message: { text: string }): Promise<void> {
    const caller = { ...team.person(person), agent };
    const send = async (more?: Record<string, unknown>): Promise<Answer | undefined> => {
      size.calls += 1;
      // The connection may be cut with the replica.
      return callTool(caller, 'send_message', message, more).catch(() => undefined);
    };
    const until = performance.now() + patienceMs;
    while (performance.now() < until) {
      let answer = await send();
      if (answer?.result?.resultType === 'input_required') {
        const { requestState } = answer.result;
        answer = await send({ requestState, inputResponses: accept });
      }
      if (isSent(answer)) return void told.add(message.text);
      await pause(retryMs);
    }
  }

  const queue = Array.from({ length: messages }, (_, n) => {
    const session_id = sessions[random.below(sessions.length)] ?? '';
    const people = random.chance(0.2) ? ['ada', 'ben'] : [random.chance(0.5) ? 'ada' : 'ben'];
    return { message: { session_id, sender: 'agent', text: `Message number ${n}.` }, people };
  });
  let taken = 0;
  let isOver = false;
  const sendAll = async () => {
    const worker = async () => {
      for (let next = queue[taken++]; next; next = queue[taken++]) {
        const { people, message } = next;
        await Promise.all(people.map((person) => deliver(person, message)));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  const trouble = async () => {
    for (let round = 0; round < rounds; round += 1) {
      // The rounds are spread over the messages, wherever in a call that may be.
      const due = Math.floor((messages * (round + random.below(100) / 100)) / rounds);
      while (taken < due && !isOver) await pause(2);
      const victim = team.replicas[random.below(team.replicas.length)];
      if (victim) {
        size.kills += 1;
        await team.kill(victim);
      }
      if (random.chance(0.5)) {
        size.flushes += 1;
        await team.keys.flush();
      }
      if (random.chance(0.3)) {
        size.cuts += 1;
        await team.database.cut();
        await pause(random.below(200));
        await team.database.restore();
      } else if (random.chance(0.5)) {
        size.cuts += 1;
        await endConnections(team);
      }
      await team.launch();
    }
  };
  const sending = sendAll().finally(() => {
    isOver = true;
  });
  await Promise.all([sending, trouble()]);
  const undecided = queue.map(({ message }) => message.text).filter((text) => !told.has(text));
  // An outcome that PostgreSQL could not take is looked up when somebody calls again.
  taken = 0;
  await sendAll();

  const counts = new Map<string, number>();
  for (const id of sessions) {
    for (const item of await sandbox.history(id)) {
      const text = item.event.content?.text ?? '';
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  const texts = queue.map(({ message }) => message.text);
  const open = await team.schema.query<{ state: string }>(
    `select state from SCHEMA.attempts where state in ('intent', 'unknown')`,
  );
  const broken = await team.schema.query(brokenChains);
  return {
    size,
    doubled: texts.filter((text) => (counts.get(text) ?? 0) > 1),
    lost: texts.filter((text) => told.has(text) && !counts.has(text)),
    undecided,
    open: open.length,
    brokenLines: broken.length,
  };
}

function isSent(answer: Answer | undefined): boolean {
  const outcome = answer?.result?.['structuredContent']?.outcome;
  const [content] = answer?.result?.content ?? [];
  return outcome === 'sent' || outcome === 'found' || /^Already sent/.test(content?.text ?? '');
}

/** As PostgreSQL does when it restarts. */
async function endConnections({ schema }: ServedTeam): Promise<void> {
  // Only those of this team: other tests use the same server.
  await schema.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'opencx-sessions-mcp' and pid <> pg_backend_pid() and query like '%SCHEMA%'`,
  );
}

/** As docs/state.md has it. */
const brokenChains = `select scope, seq from (
  select scope, seq, line::json ->> 'prev' as prev,
         lag(encode(sha256(convert_to(line, 'UTF8')), 'hex')) over (partition by scope order by seq) as hash
  from SCHEMA.audit) chain
where prev is distinct from hash`;
