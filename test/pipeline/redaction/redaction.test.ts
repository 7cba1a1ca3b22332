import { describe, expect, it } from 'vitest';
import { InvalidRequestError } from '../../../src/client/errors.ts';
import { z } from '../../../src/contract/zod.ts';
import { ArgumentError } from '../../../src/conversations/errors.ts';
import { InputRequired } from '../../../src/conversations/sending/send-question.ts';
import { executeCall, type Outcome } from '../../../src/pipeline/call.ts';
import type { AuditRecord } from '../../../src/state/audit.ts';
import { newMemory } from '../../../src/state/memory/principal-memory.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import type { AnyTool } from '../../../src/tools/index.ts';
import { contextOf, session } from '../../support/fakes/fakes.ts';
import { keys, spellings } from '../../support/text/spellings.ts';

/** Runs a tool that does `run`, and returns all that leaves the call. */
async function leaving(key: string, run: AnyTool['run']) {
  const audited: AuditRecord[] = [];
  const progress: string[] = [];
  const { client, sendLog } = contextOf({});
  const tool: AnyTool = {
    name: 'a_tool',
    title: 'A tool',
    description: 'For a test.',
    effect: { write: true, destructive: false, idempotent: false, openWorld: true },
    input: z.object({ session_id: z.string() }).strict(),
    output: z.object({ words: z.record(z.array(z.string())) }),
    run,
    present: (words) => ({ view: { words }, text: JSON.stringify(words) }),
  };
  const dependencies = {
    client,
    sendLog,
    audit: { write: async (record: AuditRecord) => void audited.push(record), ready: async () => {} },
    allowVerified: false,
    confirmSends: true,
    logger: { info: () => {}, error: () => {} },
    secrets: [key],
  };
  const outcome = await executeCall(tool, { session_id: key }, dependencies, {
    abortController: new AbortController(),
    deadline: Deadline.after(5000),
    progress: (message) => void progress.push(message),
    memory: newMemory(),
  });
  return { outcome, audited, progress };
}

const textOf = (outcome: Outcome) => (outcome.kind === 'input_required' ? outcome.question : outcome.text);

describe('a key', () => {
  // Each spelling of each key is tried on redact() itself.
  it.each(
    Object.entries(spellings).map(
      ([how, spell], index) => [how, spell, keys[index % keys.length] ?? ''] as const,
    ),
  )('leaves no call when it is written %s', async (_, spell, key) => {
    const written = spell(key);
    const answer = await leaving(key, async (_, context) => {
      context.progress(`read ${written}`);
      return { [`about ${written}`]: [`it is ${written}`] };
    });
    expect(answer.progress).toEqual(['read [key]']);
    expect(answer.outcome).toMatchObject({ view: { words: { 'about [key]': ['it is [key]'] } } });
    expect(textOf(answer.outcome)).toBe('{"about [key]":["it is [key]"]}');
    expect(answer.audited).toMatchObject([
      { tool: 'a_tool', session: '[key]', outcome: 'ok', text: undefined },
    ]);

    const refused = await leaving(key, async () => {
      throw new InvalidRequestError('No.', { status: 400, apiMessage: `bad ${written}` });
    });
    expect(textOf(refused.outcome)).toContain('bad [key]');

    const invalid = await leaving(key, async () => {
      throw new ArgumentError('words', `${written} is not accepted`);
    });
    expect(textOf(invalid.outcome)).toContain('`words`: [key] is not accepted.');
  });

  it.each(keys)('is masked in a question: %s', async (key) => {
    const body = { sender: 'agent', message: { type: 'text', text: `the key is ${key}` } } as const;
    const question = { session: session('s1'), body, digest: 'd' };
    const { outcome } = await leaving(key, async () => new InputRequired(question));
    expect(textOf(outcome)).toContain('the key is [key]');
  });
});
