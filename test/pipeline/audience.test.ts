import { expect, it } from 'vitest';
import { SetupError } from '../../src/cli/setup/api/refusing-client.ts';
import * as client from '../../src/client/errors.ts';
import { ruleTexts } from '../../src/pipeline/audience.ts';
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
function toldMember(error: unknown, hasWritten = true) {
  const failure = failureOf(error, send, hasWritten);
  return failure && memberFailure(failure, error, send, hasWritten);
}

const arrived = { mayHaveArrived: true };
const never = { mayHaveArrived: false };
const sends =
  'Not sent: the record of sent messages cannot be kept. Without it a message could go out twice.';

const forOperators: [Error, string][] = [
  [new client.NoKeyError('No key. Set OPENCX_API_KEY.'), 'This server is not set up to use the API.'],
  [
    new SetupError('OPENCX_API_KEY_FILE: file not found: /secret/place.'),
    'This server is not set up to use the API.',
  ],
  [
    new client.UnauthenticatedError('no', { status: 401 }),
    'Unauthenticated (401): the API does not accept the key of this server.',
  ],
  [
    new client.ForbiddenError('no', { status: 403 }),
    'Not permitted (403): the key of this server may not do this.',
  ],
  [
    new client.ConnectionError('its certificate is not trusted. Set NODE_EXTRA_CA_CERTS.', never),
    'The API could not be reached.',
  ],
  [
    new client.ConnectionError('OPENCX_API_URL broke.', arrived),
    'The connection to the API broke before its answer was complete.',
  ],
  [new SendLogError('/secret/place', new Error('EACCES')), sends],
  [new SendLogError('/secret/place', new StateError('PostgreSQL at db.internal does not answer')), sends],
  [
    new AuditError(new Error('EACCES: /secret/place')),
    'Not done: the audit log cannot be written. Writes require a working audit log.',
  ],
  [
    new OutboxError('/secret/place', new Error('EACCES')),
    'Not sent: the drafts that wait for a person cannot be kept.',
  ],
];

it.each(forOperators.map(([error, what]) => [`${error.name}: ${error.message}`, error, what] as const))(
  'a member is not told what only an operator can do: %s',
  (_, error, what) => {
    const failure = toldMember(error);
    expect(needsOperator(error)).toBe(true);
    expect(failure?.what).toBe(what);
    expect(failure?.next).toContain('administrators of this server');
    expect(JSON.stringify(failure)).not.toMatch(/OPENCX_|NODE_|--|\/secret|db\.internal|the user/);
    // Whether anything changed is the same for both.
    expect(failure?.changed).toBe(failureOf(error, send, true)?.changed);
  },
);

it.each([
  ['that was not made', never, true, 'It is safe to call again.'],
  ['that broke before a write left', arrived, false, 'It is safe to call again.'],
  ['that broke after a write left', arrived, true, 'Do not repeat it blindly'],
])('a member is told how to go on after a connection %s', (_, details, hasWritten, next) => {
  expect(toldMember(new client.ConnectionError('x', details), hasWritten)?.next).toContain(next);
});

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
  ['operator', 0, 'restart this server'],
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
    for (const fields of logged)
      expect(fields).toMatchObject({ tool: 'get_session', err: { name: 'UnauthenticatedError' } });
    expect(outcome).toMatchObject({ text: expect.stringContaining(told) });
  },
);

it('a member is told rules of their role in the place of options of the program', () => {
  const { operator, member } = ruleTexts;
  expect(Object.keys(member)).toEqual(Object.keys(operator));
  expect(Object.values(member).filter((text) => !text.includes('your role'))).toEqual([]);
  expect(JSON.stringify(member)).not.toContain('--');
});
