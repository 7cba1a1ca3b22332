import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Connection, openConnection } from '../../../src/state/redis/connection.ts';
import { redisUrl, testPrefix } from '../../support/state/redis.ts';
import { cuttableRelay, type Relay } from '../../support/state/relay.ts';
import { type SettableClock, settableClock } from '../../support/state/settable-clock.ts';

describe.skipIf(redisUrl === undefined)('a connection to Redis', () => {
  let keys: ReturnType<typeof testPrefix>;
  let relay: Relay;
  let clock: SettableClock;
  let connection: Connection;
  beforeEach(async () => {
    keys = testPrefix();
    relay = await cuttableRelay(redisUrl ?? '');
    clock = settableClock();
    connection = openConnection(relay.url, clock);
  });
  afterEach(async () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    await connection.close();
    await keys.close();
    await relay.close();
  });

  const ping = () => connection.run((redis) => redis.ping());
  const increment = () => connection.run((redis) => redis.incr(`${keys.prefix}n`));
  const optionsOf = () => connection.run(async (redis) => redis.options);
  /** Redis answers with this error. */
  const fail = (error: string) => connection.run((redis) => redis.eval(`return {err = ARGV[1]}`, 0, error));
  /** The connection is made again by itself; there is no event to wait for. */
  const untilReady = async () => {
    while (!(await ping().catch(() => false))) await new Promise((resolve) => setImmediate(resolve));
  };

  it('is made with the first command, and once for those that come at the same time', async () => {
    const connect = vi.spyOn(Redis.prototype, 'connect');
    expect(connect).not.toHaveBeenCalled();
    expect(await Promise.all([increment(), increment()])).toEqual([1, 2]);
    expect(await increment()).toBe(3);
    expect(connect).toHaveBeenCalledOnce();
    expect((await optionsOf()).lazyConnect).toBe(true);
  });

  it('that is closed answers nothing, also if it was never used', async () => {
    const unused = openConnection(relay.url, clock);
    await unused.close();
    await ping();
    await connection.close();
    await expect(ping()).rejects.toMatchObject({
      name: 'StateError',
      message: 'Redis cannot be reached',
    });
  });

  it('that is closed while it is made stays closed', async () => {
    const first = ping();
    await connection.close();
    await first.catch(() => {});
    await expect(ping()).rejects.toThrow('Redis cannot be reached');
  });

  it.each([
    ['ERR the value hunter2', 'ERR'],
    ['WRONGTYPE the value hunter2', 'WRONGTYPE'],
    ['READONLY a replica', 'READONLY'],
    ['the WRONG value', 'ERR'],
    ['Wrong value', 'ERR'],
    [`${'A'.repeat(20)} value`, 'A'.repeat(20)],
    [`${'A'.repeat(21)} value`, 'ERR'],
    ['ALONE', 'ERR'],
  ])('names the code of the refusal "%s", and no more: %s', async (error, code) => {
    const refusal = await fail(error).catch((reason: Error) => reason);
    expect(refusal).toMatchObject({
      name: 'StateError',
      message: `Redis refused a command (${code})`,
      cause: { name: 'ReplyError', message: error },
    });
  });

  it('does not rest after a refusal', async () => {
    await expect(fail('ERR no')).rejects.toThrow('refused');
    expect(await increment()).toBe(1);
  });

  it('rests for a second after a command that was not answered for half a second', async () => {
    await increment();
    relay.pause();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let isOver = false;
    const late = expect(
      increment().finally(() => {
        isOver = true;
      }),
    ).rejects.toMatchObject({
      name: 'StateError',
      message: 'Redis did not answer in time',
      cause: { message: 'Command timed out' },
    });
    await vi.advanceTimersByTimeAsync(499);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await late;
    const work = vi.fn(async () => 'done');
    clock.pass(999);
    await expect(connection.run(work)).rejects.toMatchObject({
      name: 'StateError',
      message: 'Redis did not answer in time',
    });
    expect(work).not.toHaveBeenCalled();
    clock.pass(1);
    expect(await connection.run(work)).toBe('done');
  });

  it('does not repeat a command whose answer was lost, and is made again', async () => {
    await increment();
    relay.loseAnswerTo('incr');
    await expect(increment()).rejects.toMatchObject({
      name: 'StateError',
      message: 'Redis cannot be reached',
      cause: { name: 'MaxRetriesPerRequestError' },
    });
    await expect(ping()).rejects.toThrow('Redis cannot be reached');
    await untilReady();
    expect(await increment()).toBe(3);
  });

  it('says why it cannot be made, and is made when that is over', async () => {
    await relay.cut();
    for (let n = 0; n < 2; n += 1) {
      await expect(ping()).rejects.toMatchObject({
        name: 'StateError',
        message: 'Redis cannot be reached (ECONNREFUSED)',
        cause: { code: 'ECONNREFUSED' },
      });
    }
    await relay.restore();
    await untilReady();
    expect(await increment()).toBe(1);
  });

  it('is tried again after a tenth of a second more each time, and at most two seconds', async () => {
    const { retryStrategy } = await optionsOf();
    expect([1, 2, 19, 20, 21, 1000].map((times) => retryStrategy?.(times))).toEqual([
      100, 200, 1900, 2000, 2000, 2000,
    ]);
  });

  it('is made again if it leads to a replica that takes no writes, and for no other refusal', async () => {
    const id = () => connection.run((redis) => redis.client('ID'));
    const first = await id();
    for (const error of ['ERR no', 'ERR not READONLY']) await expect(fail(error)).rejects.toThrow('refused');
    expect(await id()).toBe(first);
    await expect(fail(`READONLY You can't write.`)).rejects.toThrow('Redis refused a command (READONLY)');
    await untilReady();
    expect(await id()).not.toBe(first);
  });

  describe('sends a script', () => {
    it('once, and its hash then', async () => {
      const whole = vi.spyOn(Redis.prototype, 'eval');
      const script = `return {KEYS[1], ARGV[1], ARGV[2]} -- ${randomUUID()}`;
      const run = (value: number) => connection.script(script, [`${keys.prefix}key`], ['text', value]);
      expect(await run(1)).toEqual([`${keys.prefix}key`, 'text', '1']);
      expect(await run(2)).toEqual([`${keys.prefix}key`, 'text', '2']);
      expect(whole).toHaveBeenCalledOnce();
    });

    it('no second time because it failed', async () => {
      const script = `redis.call('INCR', KEYS[1]) return {err = ARGV[1]} -- ${randomUUID()}`;
      const run = (error: string) => connection.script(script, [`${keys.prefix}n`], [error]);
      await expect(run('ERR no')).rejects.toThrow('Redis refused a command (ERR)');
      await expect(run('ERR no NOSCRIPT')).rejects.toThrow('Redis refused a command (ERR)');
      expect(await increment()).toBe(3);
    });
  });

  describe('to a server', () => {
    /** A server that answers every command so. */
    async function serverWith(answer: string): Promise<Connection> {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => {});
        socket.on('data', (data) => {
          const commands = data.toString().match(/^\*/gm) ?? [];
          socket.write(answer.repeat(commands.length));
        });
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const opened = openConnection(`redis://somebody:hunter2@127.0.0.1:${port}`, clock);
      onTestFinished(async () => {
        await opened.close();
        for (const socket of sockets) socket.destroy();
        server.close();
      });
      return opened;
    }

    it.each([
      [
        '-WRONGPASS invalid username-password pair or user is disabled.',
        'Redis cannot be reached (WRONGPASS)',
      ],
      ['-NOAUTH Authentication required.', 'Redis cannot be reached (NOAUTH)'],
      ['-ERR unknown command', 'Redis cannot be reached'],
      ['-the password is WRONG here', 'Redis cannot be reached'],
      ['-Wrong password', 'Redis cannot be reached'],
      ['-ALONE', 'Redis cannot be reached'],
    ])('that answers "%s" says "%s"', async (answer, message) => {
      const refused = await serverWith(`${answer}\r\n`);
      await expect(refused.run((redis) => redis.ping())).rejects.toMatchObject({
        name: 'StateError',
        message,
      });
    });
  });
});
