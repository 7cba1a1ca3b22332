import { z } from '../../../src/contract/zod.ts';
import type { Context } from '../../../src/conversations/context.ts';
import { type CallDependencies, executeCall, type Outcome } from '../../../src/pipeline/call.ts';
import type { AuditRecord } from '../../../src/state/audit.ts';
import { newMemory } from '../../../src/state/memory/principal-memory.ts';
import { Deadline } from '../../../src/time/deadline.ts';
import type { AnyTool } from '../../../src/tools/index.ts';
import { readEffect } from '../../../src/tools/tool.ts';
import { contextOf } from './fakes.ts';

export const writeEffect = { write: true, destructive: false, idempotent: false, openWorld: true };

/** A tool with the given behaviour. */
export function toolOf(
  run: (input: unknown, context: Context) => Promise<unknown>,
  more: Partial<AnyTool> = {},
): AnyTool {
  return {
    name: 'a_tool',
    title: 'A tool',
    description: 'For a test.',
    effect: readEffect,
    input: z.object({ session_id: z.string(), text: z.string().optional() }).strict(),
    output: z.object({ word: z.string() }),
    run,
    present: (word, { nonce }) => ({ view: { word, surplus: 'x' }, text: `${word} ${nonce}` }),
    ...more,
  };
}

/** Makes calls, and collects what they log, record and report. */
export function setUpCalls(more: Partial<CallDependencies> & { timeoutMs?: number } = {}) {
  const { timeoutMs = 5000, ...changed } = more;
  const logged: { fields: Record<string, unknown>; message: string }[] = [];
  const audited: AuditRecord[] = [];
  const progress: string[] = [];
  const log = (fields: object, message: string) => {
    logged.push({ fields: fields as Record<string, unknown>, message });
  };
  const { client, sendLog } = contextOf({});
  const controller = new AbortController();
  const dependencies: CallDependencies = {
    client,
    sendLog,
    audit: { write: async (record) => void audited.push(record), ready: async () => {} },
    allowVerified: false,
    confirmSends: false,
    logger: { info: log, error: log },
    ...changed,
  };
  const call = (tool: AnyTool, given: unknown = { session_id: 's1' }) =>
    executeCall(tool, given, dependencies, {
      abortController: controller,
      deadline: Deadline.after(timeoutMs),
      progress: (message) => void progress.push(message),
      memory: newMemory(),
    });
  return { call, dependencies, logged, audited, progress, controller };
}

export const textOf = (outcome: Outcome) => (outcome.kind === 'input_required' ? '' : outcome.text);
export const viewOf = (outcome: Outcome) => (outcome.kind === 'answer' ? outcome.view : undefined);
