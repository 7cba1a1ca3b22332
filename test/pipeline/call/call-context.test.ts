import { expect, it } from 'vitest';
import type { ApiRequest, ApiRequestEnd } from '../../../src/client/http/call-options.ts';
import { type CallDependencies, type Caller, contextOf } from '../../../src/pipeline/call-context.ts';
import type { Telemetry } from '../../../src/pipeline/telemetry.ts';
import { newMemory } from '../../../src/state/memory/principal-memory.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import { fakeClock, contextOf as fakeContext } from '../../support/fakes/fakes.ts';

function setUp(dependencies: Partial<CallDependencies> = {}, caller: Partial<Caller> = {}) {
  const progress: string[] = [];
  const traffic = { requests: 0, status: undefined };
  const writes = { maybe: false, requested: false };
  const clock = fakeClock();
  const { client, sendLog } = fakeContext({});
  const context = contextOf(
    {
      client,
      sendLog,
      allowVerified: false,
      confirmSends: false,
      logger: { info() {}, error() {} },
      ...dependencies,
    },
    {
      abortController: new AbortController(),
      deadline: Deadline.after(5000, clock),
      memory: newMemory(clock),
      progress: (message) => void progress.push(message),
      ...caller,
    },
    clock,
    traffic,
    writes,
  );
  return { context, progress, traffic, writes };
}

it('a call asks for its account when it needs it', () => {
  let asked = 0;
  const accountScope = () => `account ${++asked}`;
  const { context } = setUp({ accountScope });
  expect(asked).toBe(0);
  expect(context.account).toBe('account 1');
  expect(setUp().context.account).toBeUndefined();
});

it('the author of a message is the person, with the name of their program, clean and short', () => {
  const author = { person: 'u1', name: 'Ann' };
  expect(setUp({ author }, { client: `a\u202e\nb${'x'.repeat(200)}` }).context.author).toEqual({
    ...author,
    client: `a b${'x'.repeat(97)}…`,
  });
  expect(setUp({ author }).context.author).toEqual(author);
  expect(setUp({}, { client: 'a client' }).context.author).toEqual({ client: 'a client' });
});

it('the requests and the waiting of a call are observed', () => {
  const waited: unknown[] = [];
  const requests: (ApiRequest | ApiRequestEnd)[] = [];
  const telemetry: Telemetry = {
    begin: () => ({ run: (work) => work(), end() {} }),
    upstream: (request) => {
      requests.push(request);
      return (end) => void requests.push(end);
    },
    waited: (...all) => void waited.push(all),
    wrote() {},
  };
  const { context, progress, traffic } = setUp({ telemetry });
  context.call.onWait?.('for the rate budget', 1400);
  expect(waited).toEqual([['for the rate budget', 1.4]]);
  expect(progress).toEqual(['Waiting 2 s for the rate budget']);
  const request = { method: 'GET', route: '/chat/sessions', origin: 'http://127.0.0.1', repeats: 0 } as const;
  context.call.onRequest?.(request)({ status: 503, error: 'UpstreamError' });
  expect(requests).toEqual([request, { status: 503, error: 'UpstreamError' }]);
  expect(traffic).toEqual({ requests: 1, status: 503 });
});

it('a write that another call makes for this one may have left', () => {
  const { context, writes } = setUp();
  context.onSharedWrite();
  expect(writes).toEqual({ maybe: true, requested: false });
});
