import { expect, it } from 'vitest';
import { SetupError } from '../../src/cli/setup/api/refusing-client.ts';
import * as client from '../../src/client/errors.ts';
import { executeCall } from '../../src/pipeline/call.ts';
import { failureOf, needsOperator } from '../../src/pipeline/failures/failures.ts';
import { memberFailure } from '../../src/pipeline/failures/member-failures.ts';
import {
  AuditError,
  OutboxError,
  SendLogError,
  StateError,
  VanishedRecordError,
} from '../../src/state/errors.ts';
import { newMemory } from '../../src/state/memory/principal-memory.ts';
import { Deadline } from '../../src/time/deadline.ts';
import { tools } from '../../src/tools/index.ts';
import { contextOf } from '../support/fakes/fakes.ts';

const send = tools.find(({ name }) => name === 'send_message') as (typeof tools)[number];
const read = tools.find(({ name }) => name === 'get_session') as (typeof tools)[number];

/** What a member is told of a failed send. */
function toldMember(error: unknown) {
  const failure = failureOf(error, send, true);
  return failure && memberFailure(failure, error, send, true);
}

const forOperators = [
  new client.NoKeyError('No key. Set OPENCX_API_KEY.'),
  new SetupError('OPENCX_API_KEY_FILE: file not found: /secret/place.'),
  new client.UnauthenticatedError('no', { status: 401 }),
  new client.ForbiddenError('no', { status: 403 }),
  new client.ConnectionError('its certificate is not trusted. Set NODE_EXTRA_CA_CERTS.', {
    mayHaveArrived: false,
  }),
  new SendLogError('/secret/place', new Error('EACCES')),
  new SendLogError('/secret/place', new StateError('PostgreSQL at db.internal does not answer')),
  new AuditError(new Error('EACCES: /secret/place')),
  new OutboxError('/secret/place', new Error('EACCES')),
];

it.each(forOperators.map((error) => [`${error.name}: ${error.message}`, error] as const))(
  'a member is not told what only an operator can do: %s',
  (_, error) => {
    const failure = toldMember(error);
    expect(needsOperator(error)).toBe(true);
    expect(failure?.what).toBeTruthy();
    expect(failure?.next).toContain('administrators of this server');
    expect(JSON.stringify(failure)).not.toMatch(/OPENCX_|NODE_|--|\/secret|db\.internal|the user/);
    // Whether anything changed is the same for both.
    expect(failure?.changed).toBe(failureOf(error, send, true)?.changed);
  },
);

it('a member is told how to go on after a record vanished', () => {
  const error = new SendLogError('/secret/place', new VanishedRecordError());
  expect(toldMember(error)?.next).toContain('allow_duplicate');
});

it('what a member can do something about is said as to the operator', () => {
  const error = new client.NotFoundError('no', { status: 404 });
  expect(needsOperator(error)).toBe(false);
});

it.each([
  ['member', 1, 'administrators of this server'],
  ['operator', 0, 'OPENCX_API_KEY'],
] as const)(
  'the log or the answer has the reason for whoever runs the server of a %s',
  async (audience, lines, told) => {
    const logged: object[] = [];
    const { client: api, sendLog } = contextOf({
      getSession: () => Promise.reject(new client.UnauthenticatedError('no', { status: 401 })),
    });
    const outcome = await executeCall(
      read,
      { session_id: 's1' },
      {
        client: api,
        sendLog,
        allowVerified: false,
        confirmSends: false,
        audience,
        logger: { info: () => {}, error: (fields) => logged.push(fields) },
      },
      {
        abortController: new AbortController(),
        deadline: Deadline.after(5000),
        memory: newMemory(),
        progress: () => {},
      },
    );
    expect(logged).toHaveLength(lines);
    expect(outcome).toMatchObject({ text: expect.stringContaining(told) });
  },
);
