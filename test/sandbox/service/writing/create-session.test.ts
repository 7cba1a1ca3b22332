import { describe, expect, test } from 'vitest';
import { SessionChannel } from '../../../../src/contract/primitives.ts';
import {
  call,
  clock,
  create,
  events,
  everything,
  get,
  open,
  send,
} from '../../../support/sandbox/harness.ts';

describe('creating a session', () => {
  test('with an empty body makes an open api session without a contact', async () => {
    const sandbox = await open({ now: clock().now });
    const id = await create(sandbox);
    expect(await get(sandbox, id)).toEqual({
      id,
      status: 'open',
      ai_closure_type: null,
      sentiment: null,
      channel: { type: 'api' },
      assignee_id: null,
      ticket_number: 4501,
      assist_mode: false,
      created_at: expect.stringMatching(/^2026-03-01T09:00:00\.\d{3}Z$/),
      updated_at: expect.stringMatching(/^2026-03-01T09:00:00\.\d{3}Z$/),
    });
    expect(await events(sandbox, id)).toEqual([]);
  });

  test('accepts every channel', async () => {
    const sandbox = await open();
    for (const type of SessionChannel.options) {
      const id = await create(sandbox, { channel: { type } });
      expect((await get(sandbox, id)).channel).toEqual({ type });
    }
  });

  test('increments the ticket number', async () => {
    const sandbox = await open();
    const ids = [await create(sandbox), await create(sandbox), await create(sandbox)];
    const numbers = await Promise.all(ids.map(async (id) => (await get(sandbox, id)).ticket_number));
    expect(numbers).toEqual([4501, 4502, 4503]);
  });

  test('stores strings, numbers and booleans as custom data', async () => {
    const sandbox = await open();
    const custom_data = { order_id: 'ord_1', value: 149.99, vip: true, empty: '', zero: 0, constructor: 'x' };
    expect((await get(sandbox, await create(sandbox, { custom_data }))).custom_data).toEqual(custom_data);
  });

  test('ignores unknown keys', async () => {
    const sandbox = await open();
    const id = await create(sandbox, { status: 'closed_resolved', nonsense: { deep: [1] } });
    expect((await get(sandbox, id)).status).toBe('open');
  });

  test('with an unknown contact_id is a 404 and writes nothing', async () => {
    const sandbox = await open();
    await create(sandbox);
    const before = await everything(sandbox);
    const contact_id = '11111111-1111-4111-8111-111111111111';
    const answer = await call(sandbox, 'POST', '/chat/sessions', {
      body: { contact_id, contact: { name: 'X' } },
    });
    expect(answer.status).toBe(404);
    expect(answer.body.message).toContain('contact');
    expect(await everything(sandbox)).toEqual(before);
    expect((await get(sandbox, await create(sandbox))).ticket_number).toBe(4502);
  });

  test('prefers contact_id, in any case, to contact', async () => {
    const sandbox = await open();
    const first = await get(
      sandbox,
      await create(sandbox, { contact: { name: 'Ada', email: 'ada@example.com' } }),
    );
    const second = await create(sandbox, {
      contact_id: first.contact.id.toUpperCase(),
      contact: { name: 'Other', email: 'other@example.com' },
    });
    expect((await get(sandbox, second)).contact).toEqual(first.contact);
  });
});

describe('a verified contact', () => {
  const ada = {
    email: 'ada@example.com',
    name: 'Ada Quince',
    phone_number: '+44 20 7946 0100',
    custom_data: { plan: 'pro' },
  };

  test('is created by a verified session', async () => {
    const sandbox = await open();
    const { contact } = await get(sandbox, await create(sandbox, { verified: true, contact: ada }));
    expect(contact).toMatchObject({
      ...ada,
      non_verified_name: null,
      non_verified_email: null,
      non_verified_custom_data: null,
    });
  });

  test('is matched by email in any case, updated, and its custom data merged', async () => {
    const sandbox = await open();
    const first = await get(sandbox, await create(sandbox, { verified: true, contact: ada }));
    const again = { email: 'ADA@Example.com', name: 'Ada Q.', custom_data: { region: 'uk' } };
    const second = await get(sandbox, await create(sandbox, { verified: true, contact: again }));
    expect(second.contact.id).toBe(first.contact.id);
    expect(second.contact).toMatchObject({
      email: 'ADA@Example.com',
      name: 'Ada Q.',
      phone_number: ada.phone_number,
      custom_data: { plan: 'pro', region: 'uk' },
    });
    expect(second.contact.created_at).toBe(first.contact.created_at);
  });

  test('is matched by phone if the email is new or missing', async () => {
    const sandbox = await open();
    const first = await get(sandbox, await create(sandbox, { verified: true, contact: ada }));
    for (const contact of [
      { phone_number: '+442079460100' },
      { phone_number: '+44 (20) 7946-0100', email: 'new@example.com' },
    ]) {
      const found = await get(sandbox, await create(sandbox, { verified: true, contact }));
      expect(found.contact.id).toBe(first.contact.id);
    }
  });

  test('is matched by email before phone', async () => {
    const sandbox = await open();
    const byEmail = await get(
      sandbox,
      await create(sandbox, { verified: true, contact: { email: 'a@example.com' } }),
    );
    await create(sandbox, { verified: true, contact: { phone_number: '+1 555 0100' } });
    const both = await get(
      sandbox,
      await create(sandbox, {
        verified: true,
        contact: { email: 'a@example.com', phone_number: '+1 555 0100' },
      }),
    );
    expect(both.contact.id).toBe(byEmail.contact.id);
  });

  test('is not matched by a phone number without digits', async () => {
    const sandbox = await open();
    const first = await get(
      sandbox,
      await create(sandbox, { verified: true, contact: { phone_number: '' } }),
    );
    const second = await get(
      sandbox,
      await create(sandbox, { verified: true, contact: { phone_number: '-' } }),
    );
    expect(second.contact.id).not.toBe(first.contact.id);
  });
});

describe('claimed data', () => {
  const verified = {
    email: 'ada@example.com',
    name: 'Ada Quince',
    phone_number: '+44 20 7946 0100',
    custom_data: { plan: 'pro' },
  };
  const claim = { ...verified, name: 'Not Ada', custom_data: { plan: 'stolen' } };

  test.each([undefined, null, false])(
    'with verified %s writes the non_verified fields only',
    async (flag) => {
      const sandbox = await open();
      const body = { ...(flag !== undefined && { verified: flag }), contact: claim };
      const { contact } = await get(sandbox, await create(sandbox, body));
      expect(contact).toMatchObject({
        email: null,
        name: null,
        custom_data: null,
        phone_number: claim.phone_number,
        non_verified_email: claim.email,
        non_verified_name: claim.name,
        non_verified_custom_data: claim.custom_data,
      });
    },
  );

  test('never matches a verified contact, neither by email nor by phone', async () => {
    const sandbox = await open();
    const real = await get(sandbox, await create(sandbox, { verified: true, contact: verified }));
    const { contact } = await get(sandbox, await create(sandbox, { contact: claim }));
    expect(contact.id).not.toBe(real.contact.id);
    expect((await get(sandbox, real.id)).contact).toEqual(real.contact);
  });

  test('never matches a verified contact that once claimed the same address', async () => {
    const sandbox = await open();
    const real = await get(sandbox, await create(sandbox, { verified: true, contact: verified }));
    // The session is not verified, so its contact data is claimed, although the contact is verified.
    const unverified = await create(sandbox, { contact_id: real.contact.id });
    await send(sandbox, unverified, {
      contact: { email: 'second@example.com', phone_number: '+1 555 0199' },
    });
    const known = (await get(sandbox, real.id)).contact;
    expect(known).toMatchObject({
      email: verified.email,
      phone_number: verified.phone_number,
      non_verified_email: 'second@example.com',
    });
    const { contact } = await get(
      sandbox,
      await create(sandbox, { contact: { email: 'second@example.com' } }),
    );
    expect(contact.id).not.toBe(known.id);
  });

  test('with a phone number does not match a verified caller with that number', async () => {
    const sandbox = await open();
    const claimant = await get(sandbox, await create(sandbox, { contact: { phone_number: '+1 555 0100' } }));
    const caller = await get(
      sandbox,
      await create(sandbox, { verified: true, contact: { phone_number: '+1 555 0100' } }),
    );
    expect(caller.contact.id).not.toBe(claimant.contact.id);
    const again = await get(
      sandbox,
      await create(sandbox, { verified: true, contact: { phone_number: '+15550100' } }),
    );
    expect(again.contact.id).toBe(caller.contact.id);
  });

  test('with an email does not match a verified contact with that email', async () => {
    const sandbox = await open();
    const claimant = await get(sandbox, await create(sandbox, { contact: { email: 'ada@example.com' } }));
    const real = await get(
      sandbox,
      await create(sandbox, { verified: true, contact: { email: 'ada@example.com' } }),
    );
    expect(real.contact.id).not.toBe(claimant.contact.id);
    expect(real.contact.non_verified_email).toBeNull();
  });

  test('matches the contact that claimed the same address, in any case', async () => {
    const sandbox = await open();
    const first = await get(
      sandbox,
      await create(sandbox, { contact: { email: 'kit@example.com', custom_data: { a: '1' } } }),
    );
    const second = await get(
      sandbox,
      await create(sandbox, { contact: { email: 'KIT@example.com', name: 'Kit', custom_data: { b: '2' } } }),
    );
    expect(second.contact.id).toBe(first.contact.id);
    expect(second.contact.non_verified_custom_data).toEqual({ a: '1', b: '2' });
  });

  test('without an email always makes a new contact', async () => {
    const sandbox = await open();
    const contact = { name: 'Kit', phone_number: '+1 555 0100' };
    const first = await get(sandbox, await create(sandbox, { contact }));
    const second = await get(sandbox, await create(sandbox, { contact }));
    expect(second.contact.id).not.toBe(first.contact.id);
  });
});
