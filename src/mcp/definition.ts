import type { Confirmation } from '../conversations/context.ts';
import { type CallDependencies, executeCall, type Outcome, recordRefusal } from '../pipeline/call.ts';
import type { CallsUnderWay } from '../pipeline/calls-under-way.ts';
import { cleanLine } from '../text/clean.ts';
import { Deadline } from '../time/deadline.ts';
import type { AnyTool } from '../tools/index.ts';
import { listSessions } from '../tools/list-sessions.ts';
import { type CallRequest, callerOf } from './caller.ts';
import { cardUri } from './card/extension.ts';
import type { Offer } from './offer.ts';
import type { Principal } from './principal.ts';
import type { Completion } from './prompts/prompt.ts';
import { describePrompt, promptResult } from './prompts/prompts.ts';
import { invalidParams, type RequestError } from './request-error.ts';
import { describeTemplate, matchUri, resourceList, resourceResult } from './resources/resources.ts';
import type { FinalOutcome } from './tool-result.ts';

export interface DefinitionOptions {
  readonly version: string;
  readonly offer: Offer;
  readonly dependencies: CallDependencies;
  readonly principal: Principal;
  readonly callsUnderWay: CallsUnderWay;
  /** Longest time of one call in milliseconds, everything included. */
  readonly callTimeoutMs: number;
}

/** Executes one call, with the answer of a person if it was asked for one. */
export type Execute = (confirmation?: Confirmation) => Promise<Outcome>;

/** What a door does with a call that may end with a question. */
export type Converse<Result> = (execute: Execute, deadline: Deadline, signal: AbortSignal) => Promise<Result>;

/** What is completed: an argument of a prompt, or of the address of a resource. */
export type CompletionRef =
  | { readonly type: 'ref/prompt'; readonly name: string }
  | { readonly type: 'ref/resource'; readonly uri: string };

/** Sessions listed as resources and offered for completion. Probably one page of the API. */
const recentCount = 25;

/** Clients ask for the recent sessions unasked, often before they show anything. */
const recentTimeoutMs = 5000;

/** More values are left out; the protocol allows no more. */
const maxCompletions = 100;

/**
 * What this server is, for every generation of the protocol and of its SDK: they mount these functions as handlers. It is
 * made for each request or connection, and keeps nothing between requests: what is remembered belongs to the principal.
 * Each function returns the result of the method that it is named after, or throws a RequestError.
 */
export function createDefinition(options: DefinitionOptions) {
  const { offer, principal, callsUnderWay, callTimeoutMs } = options;
  const { tools, prompts, templates } = offer;
  const dependencies = { toolNames: tools.map(({ name }) => name), ...options.dependencies };
  const { recentSessions } = principal;

  function execute<Result>(
    tool: AnyTool,
    callArguments: unknown,
    request: CallRequest,
    converse: Converse<Result>,
    timeoutMs = callTimeoutMs,
  ): Promise<Result> {
    const deadline = Deadline.after(timeoutMs);
    const caller = callerOf(request, principal, deadline);
    const run: Execute = (confirmation) =>
      executeCall(tool, callArguments, dependencies, { confirmation, ...caller });
    return callsUnderWay.track(converse(run, deadline, caller.abortController.signal));
  }
  // Tools that read ask nothing.
  const read = (tool: AnyTool, callArguments: object, signal: AbortSignal, timeoutMs?: number) =>
    execute(tool, callArguments, { signal }, (run) => run() as Promise<FinalOutcome>, timeoutMs);
  const listRecent = (signal: AbortSignal) =>
    read(listSessions, { limit: recentCount }, signal, Math.min(callTimeoutMs, recentTimeoutMs));
  // Few clients can show the card, so its modules are not loaded with the rest.
  const cardFor = async ({ canShowCard }: CallRequest) =>
    canShowCard && offer.readCard
      ? (await import('./card/card.ts')).openCard(offer.readCard, offer.redacts)
      : undefined;
  const canList = tools.some(({ name }) => name === listSessions.name);

  async function valuesOf(completion: Completion | undefined, prefix: string): Promise<readonly string[]> {
    if (completion === undefined) return [];
    return completion === 'recent_sessions'
      ? recentSessions.idsStartingWith(prefix, listRecent)
      : completion.filter((value) => value.startsWith(prefix));
  }

  return {
    info: { name: 'opencx-sessions', title: 'OpenCX sessions', version: options.version },
    instructions: offer.instructions,
    capabilities: offer.capabilities,

    async listTools(request: CallRequest) {
      const card = await cardFor(request);
      return { tools: card ? [...offer.descriptions, ...card.descriptions] : offer.descriptions };
    },
    async callTool<Result>(
      name: string,
      callArguments: unknown,
      request: CallRequest,
      converse: Converse<Result>,
    ): Promise<Result> {
      const named = (one: AnyTool) => one.name === name;
      const tool = tools.find(named) ?? (await cardFor(request))?.tools.find(named);
      if (tool !== undefined) return execute(tool, callArguments, request, converse);
      await callsUnderWay.track(recordRefusal(name, callArguments, dependencies));
      throw unknownTool(name, tools);
    },

    listPrompts: () => ({ prompts: prompts.map(describePrompt) }),
    getPrompt: (name: string, promptArguments: unknown) =>
      promptResult(promptNamed(name, prompts), promptArguments),

    listResourceTemplates: () => ({ resourceTemplates: templates.map(describeTemplate) }),
    async listResources(signal: AbortSignal) {
      const listsSessions = canList && templates.some(({ suffix }) => suffix === '');
      return listsSessions ? resourceList(await listRecent(signal)) : { resources: [] };
    },
    async readResource(uri: string, request: CallRequest) {
      const { signal } = request;
      const card = uri === cardUri ? await cardFor(request) : undefined;
      if (card) return card.read(dependencies.logger);
      const match = matchUri(templates, uri);
      if (match === undefined) throw invalidParams(`Resource ${cleanLine(uri, 200)} not found`, { uri });
      const { template, sessionId } = match;
      const callArguments = { session_id: sessionId, ...template.fixed };
      return resourceResult(uri, await read(template.tool, callArguments, signal));
    },

    async complete(ref: CompletionRef, argument: { readonly name: string; readonly value: string }) {
      let completion: Completion | undefined;
      if (ref.type === 'ref/prompt') {
        const { completions } = promptNamed(ref.name, prompts);
        completion = Object.hasOwn(completions, argument.name) ? completions[argument.name] : undefined;
      } else {
        if (!templates.some(({ uriTemplate }) => uriTemplate === ref.uri))
          throw invalidParams(`Resource template ${cleanLine(ref.uri, 200)} not found`);
        completion = canList && argument.name === 'session_id' ? 'recent_sessions' : undefined;
      }
      const values = await valuesOf(completion, argument.value);
      return {
        completion: {
          values: values.slice(0, maxCompletions),
          total: values.length,
          hasMore: values.length > maxCompletions,
        },
      };
    },
  };
}

function promptNamed(name: string, prompts: Offer['prompts']) {
  const prompt = prompts.find((one) => one.name === name);
  if (prompt === undefined) throw invalidParams(`Prompt ${cleanLine(name, 100)} not found`);
  return prompt;
}

function unknownTool(name: string, tools: readonly AnyTool[]): RequestError {
  const names = tools.map((tool) => tool.name).join(', ');
  return invalidParams(`Unknown tool: ${cleanLine(name, 100)}. This server offers: ${names}.`);
}
