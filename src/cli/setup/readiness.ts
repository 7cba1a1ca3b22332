import type { Readiness } from '../../mcp/http/app.ts';
import type { Services } from './shared-state.ts';

/** Probes commonly wait for a second. A service that answers later is as good as away. */
const maxWaitMs = 800;

/**
 * Tells whether a server should get requests, and what does not work. A service that is away is told, but leaves the
 * server ready: reads go on, and without them all replicas would leave the load balancer at once.
 */
export function readinessOf(
  { database, redis }: Pick<Services, 'database' | 'redis'>,
  isDraining: () => boolean,
): () => Promise<Readiness> {
  const check = async (): Promise<string[]> => {
    const [ofDatabase, ofRedis] = await Promise.all([
      problemOf('PostgreSQL', database),
      problemOf('Redis', redis),
    ]);
    const servers = redis?.servers() ?? 1;
    return [
      ...(ofDatabase ? [`${ofDatabase}: writes are refused, reads work.`] : []),
      ...(ofRedis
        ? [
            `${ofRedis}: this server takes only its share of each budget, and knows only what was read through it.`,
          ]
        : []),
      ...(database === undefined && servers > 1
        ? [`${servers} servers share Redis, but no database: a message could be sent twice.`]
        : []),
    ];
  };
  let running: Promise<string[]> | undefined;
  return async () => {
    if (isDraining()) return { isReady: false, problems: ['shutting down'] };
    // Many probes at once make one check.
    running ??= check().finally(() => {
      running = undefined;
    });
    const problems = await running;
    const isShared = database !== undefined;
    return {
      isReady: true,
      problems,
      ...(isShared ? {} : { note: 'What was sent is recorded on this machine only: run one replica.' }),
    };
  };
}

async function problemOf(name: string, service: { ready(): Promise<void> } | undefined) {
  if (service === undefined) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`${name} did not answer in time`), maxWaitMs);
  });
  const answered = service.ready().then(
    () => undefined,
    (error: Error) => error.message,
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
