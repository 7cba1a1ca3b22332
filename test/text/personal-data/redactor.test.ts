import { describe, expect, it } from 'vitest';
import { personalDataKinds } from '../../../src/text/personal-data/kinds.ts';
import { countStandIns, Redactor } from '../../../src/text/personal-data/redactor.ts';

const key = new Uint8Array(32).fill(7);
const all = () => new Redactor({ kinds: personalDataKinds, key });
const masked = (text: string, redactor = all()) => redactor.text(text).replace(/ [a-z2-7]{6}\]/g, ']');

describe('mail addresses', () => {
  it.each([
    ['write to anna.schmidt+x@example.com.', 'write to [email].'],
    ['<ANNA@Example.CO.UK>, or b@c.io', '<[email]>, or [email]'],
    ['mailto:anna%40example.com?subject=x', 'mailto:[email]?subject=x'],
    ['https://x.example/?email=anna@example.com&id=7', 'https://x.example/?email=[email]&id=7'],
    ['anna&#64;example.com anna&commat;example.com', '[email] [email]'],
    ['anna (at) example (dot) com', '[email]'],
    ['ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ', '[email]'],
    ['مريم@مثال.السعودية', '[email]'],
    ['{"note":"line\\nanna@example.com"}', '{"note":"line\\n[email]"}'],
    ['package@1.2.3 and @anna and anna@localhost', 'package@1.2.3 and @anna and anna@localhost'],
  ])('%s', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });
});

describe('phone numbers', () => {
  it.each([
    ['call +49 (0)30 1234567, please', 'call [phone], please'],
    ['+4915112345678 or 0049 151 12345678', '[phone] or [phone]'],
    ['Tel:030/1234567; (030) 123-4567', 'Tel:[phone]; [phone]'],
    ['(415) 555-0123, 1-415-555-0123, 415.555.0123', '[phone], [phone], [phone]'],
    ['٠٥٠ ١٢٣ ٤٥٦٧ and +٩٦٦٥٠١٢٣٤٥٦٧', '[phone] and [phone]'],
    ['01.23.45.67.89', '[phone]'],
    ['on 29.11.2026 030 1234567', 'on 29.11.2026 [phone]'],
  ])('are found in %s', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it.each([
    'order 1234567890',
    'INV-0123-4567-890',
    'on 2026-11-29 08:46, 05/06/2026, 1.2.26',
    'from 192.168.100.200',
    'it costs 1.234.567,89',
    'id 00000000-0000-4000-8000-000000100001',
    'tracking 12 345 678',
    '2026-11-29T08:46:00.000Z',
    'a 01234 b',
  ])('are not taken from %s', (text) => {
    expect(masked(text)).toBe(text);
  });
});

describe('card numbers and account numbers', () => {
  it.each([
    ['card 4111 1111 1111 1111 12/26 123', 'card [card] 12/26 123'],
    ['4111-1111-1111-1111', '[card]'],
    ['378282246310005 and 5555555555554444', '[card] and [card]'],
    ['IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFF', 'IBAN [iban] BIC COBADEFF'],
    ['gb29nwbk60161331926819', '[iban]'],
    ['AB12 DE89370400440532013000', 'AB12 [iban]'],
    ['4111 1111 1111 1112', '4111 1111 1111 1112'],
    ['DE88 3704 0044 0532 0130 00', 'DE88 3704 0044 0532 0130 00'],
    ['x4111111111111111 4111111111111111y', 'x4111111111111111 4111111111111111y'],
  ])('%s', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });
});

describe('names of contacts', () => {
  const knowing = (...names: string[]) => {
    const redactor = all();
    for (const name of names) redactor.note({ names: [name] });
    return redactor;
  };

  it.each([
    ['Amelia Hart', 'I am AMELIA hart, Amelia’s card', 'I am [name], [name]’s card'],
    ['Amelia Hart', 'heart and Ameliaville', 'heart and Ameliaville'],
    ['José Müller', 'jose MULLER', '[name]'],
    [
      'Will van der Berg',
      'will you tell Will van der Berg that van will come?',
      'will you tell [name] that van will come?',
    ],
    ['王小明', '我是王小明先生', '我是[name]先生'],
    ['Li Wu', 'Li Wu and Li', '[name] and Li'],
    ['Ame\u200dlia', 'Amelia', '[name]'],
    ['email', 'my email is a@example.com', 'my [name] is [email]'],
  ])('%s', (name, text, expected) => {
    expect(masked(text, knowing(name))).toBe(expected);
  });

  it('have the same stand-in in part and as a whole', () => {
    const redactor = knowing('Amelia Hart', 'Jonas Hart');
    const whole = redactor.text('Amelia Hart');
    expect(redactor.text('amelia')).toBe(whole);
    expect(redactor.text('Hart')).not.toBe(whole);
    expect(knowing('Amelia Hart').text('Amelia Hart')).toBe(whole);
  });

  it('do not hide words of ours', () => {
    const view = { status: 'open', from: 'contact', note: 'Older ones exist.', text: 'open, contact me' };
    const redacted = knowing('Open Contact Older').view(view);
    expect(redacted).toMatchObject({ status: 'open', from: 'contact', note: 'Older ones exist.' });
    expect(redacted.text).toMatch(/^\[name \w{6}\], \[name \w{6}\] me$/);
  });
});

describe('what the API says about a contact', () => {
  it('is found in other forms, and where it has no shape', () => {
    const redactor = all();
    redactor.note({ names: [], emails: ['anna at work'], phones: ['4915112345678'] });
    expect(masked('0151 12345678, 015112345678', redactor)).toBe('[phone], [phone]');
    expect(redactor.text('0151 12345678')).toBe(redactor.text('+4915112345678'));
    expect(masked('anna at work', redactor)).toBe('[email]');
    expect(redactor.view({ custom_data: { called: 4915112345678, n: 7 } })).toEqual({
      custom_data: { called: redactor.text('4915112345678'), n: 7 },
    });
  });
});

describe('a view', () => {
  it('keeps what identifies things, but nothing in custom data', () => {
    const view = {
      id: '4111-1111-1111-1111',
      next_cursor: '+49301234567',
      session_id: 'anna@example.com',
      custom_data: { id: 'anna@example.com', 'b@example.com': 1, 'c@example.com': 2 },
    };
    const redacted = all().view(view);
    expect(redacted).toMatchObject({ id: view.id, next_cursor: view.next_cursor });
    expect(redacted.session_id).toMatch(/^\[email/);
    expect(JSON.stringify(redacted.custom_data)).not.toContain('example');
    expect(Object.keys(redacted.custom_data)).toHaveLength(3);
  });

  it.each([
    [{ text: 'write to anna.schm…' }, 'write to …'],
    [{ text: '…schmidt@example.com is mine' }, '… is mine'],
    [{ text: 'my card 4111 1111 11', cut_chars: 20 }, 'my card …'],
    [{ text: 'my IBAN GB29 NWBK 60', cut_chars: 20 }, 'my …'],
    [{ text: 'part of a file: an', cut_chars: 20, next_offset: 18 }, 'part of a file: an'],
  ])('shows no part of a word that was cut: %j', (view, text) => {
    expect(all().view(view).text).toBe(text);
  });
});

it('gives different values, kinds and keys different stand-ins', () => {
  const redactor = all();
  const texts = Array.from({ length: 500 }, (_, n) => redactor.text(`p${n}@example.com`));
  expect(new Set(texts).size).toBe(500);
  const other = new Redactor({ kinds: personalDataKinds, key: new Uint8Array(32) });
  expect(other.text('p1@example.com')).not.toBe(texts[1]);
  expect(countStandIns(texts.join(' '))).toEqual({ email: 500 });
});

it('replaces only what was asked for, and nothing twice', () => {
  const redactor = new Redactor({ kinds: ['email'], key });
  redactor.note({ names: ['Anna'], phones: ['+49301234567'] });
  const text = redactor.text('Anna a@example.com +49 30 1234567');
  expect(text).toMatch(/^Anna \[email \w{6}\] \+49 30 1234567$/);
  expect(redactor.text(text)).toBe(text);
});
