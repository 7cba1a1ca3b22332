import type { Readiness } from '../../mcp/http/app.ts';
import type { Services } from './shared-state.ts';

/** Probes commonly wait for a second. A service that answers later is as good as away. */
const maxWaitMs = 800;

type SharedServices = Pick<Services, 'database' | 'redis'>;

/** What a server does not share with others, and the settings that would change that; undefined if it shares all. */
export function notShared({ database, redis }: SharedServices) {
  const missing = [
    ...(database ? [] : [{ what: 'sends, drafts and approvals', setting: 'OPENCX_DATABASE_URL' }]),
    ...(redis ? [] : [{ what: 'the rate budget and what people have read', setting: 'OPENCX_REDIS_URL' }]),
  ];
  if (missing.length === 0) return undefined;
  const what = missing.map((one) => one.what).join(', ');
  return {
    note: `${what[0]?.toUpperCase()}${what.slice(1)} are kept by this server alone: run one replica only`,
    settings: missing.map(({ setting }) => setting),
  };
}

/**
 * Tells whether a server should get requests, and what does not work. A service that is away is told, but leaves the
 * server ready: reads go on, and without them all replicas would leave the load balancer at once.
 */
export function readinessOf(
  { database, redis }: SharedServices,
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
    // Anybody may read it, so it does not name settings.
    const own = notShared({ database, redis });
    return { isReady: true, problems, ...(own && { note: `${own.note}.` }) };
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
