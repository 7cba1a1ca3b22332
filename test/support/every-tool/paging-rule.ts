import { routes } from '../../../src/contract/routes.ts';
import type { z } from '../../../src/contract/zod.ts';
import type { AnyTool } from '../../../src/tools/index.ts';
import { stringsOf } from '../text/hostile.ts';
import { answersWith, apiItems, type Filling, isPage } from './api-data.ts';
import { callTool } from './call-tool.ts';
import { type ApiAnswer, type ApiRequest, fakeApi, type Operation } from './fake-api.ts';
import { argumentsFor } from './tool-arguments.ts';

/** Tools that leave out items of the API on purpose, and which items they hand out. */
const handedOutOnly: Readonly<Record<string, (item: unknown) => boolean>> = {
  // It counts them.
  count_sessions: () => false,
};

/** The argument and the member of the answer that lead to the next page. */
const links = [
  ['cursor', 'next_cursor'],
  ['before', 'before'],
] as const;

/** Tools whose rows are not those of one list of the API, and the tests that follow their pages. */
export const pagedElsewhere: Readonly<Record<string, string>> = {
  find_messages: 'test/conversations/analysis/find-messages.test.ts',
};

export function linksOf(tool: AnyTool): readonly (typeof links)[number][] {
  return links.filter(([argument, member]) => argument in tool.input.shape && member in tool.output.shape);
}

interface Walk {
  /** Items on one page of the API. */
  readonly pageSize: number;
  /** Passed to the tool if it has such an argument. */
  readonly limit: number | undefined;
  readonly newestFirst: boolean;
  /** Of the whole list. */
  readonly items: number;
  /** Length of every text; long ones do not fit into one answer together. */
  readonly length: number;
}

const short = { items: 36, length: 10 };
const long = { items: 60, length: 700 };

/** Pages of the API that are smaller and larger than those of the tool, and texts too long for one answer. */
const walks: readonly Walk[] = [true, false].flatMap((newestFirst) => [
  { pageSize: 7, newestFirst, limit: undefined, ...short },
  { pageSize: 2, newestFirst, limit: 10, ...short },
  { pageSize: 100, newestFirst, limit: 4, ...short },
  { pageSize: 7, newestFirst, limit: 100, ...long },
]);

/** What a tool loses, repeats or says wrongly when its pages are followed to the end. */
export async function pagingProblems(tool: AnyTool): Promise<string[]> {
  for (const walk of walks) {
    const [problem] = await walked(tool, walk);
    if (problem !== undefined) return [`${tool.name}, ${JSON.stringify(walk)}: ${problem}`];
  }
  return [];
}

async function walked(tool: AnyTool, walk: Walk): Promise<string[]> {
  const { answer, itemsOf } = pagedApi(walk);
  const api = fakeApi();
  api.answerWith(answer);
  const hasLimit = walk.limit !== undefined && 'limit' in tool.input.shape;
  const given = { ...argumentsFor(tool, 'required'), ...(hasLimit ? { limit: walk.limit } : {}) };
  const rows: string[] = [];
  const problems: string[] = [];
  let link: object | undefined;
  for (let calls = 0; ; calls += 1) {
    if (calls > walk.items) return [`after ${calls} calls it still does not end`];
    const page = { ...given, ...link };
    const { outcome } = await callTool(tool, page, api);
    if (outcome.kind === 'failure') return [`the call with ${JSON.stringify(page)} fails: ${outcome.text}`];
    const { view } = outcome;
    const shown = rowsOf(view);
    rows.push(...shown);
    const found = linksOf(tool).find(([, member]) => view[member] !== undefined);
    link = found && { [found[0]]: view[found[1]] };
    if (view['shown'] !== undefined && view['shown'] !== shown.length) {
      problems.push(`\`shown\` is ${view['shown']}, but the answer has ${shown.length} rows`);
    }
    if (view['more'] !== undefined && view['more'] !== (link !== undefined)) {
      problems.push(`\`more\` is ${view['more']}, but \`next_cursor\` is ${view['next_cursor']}`);
    }
    if (link === undefined) break;
  }
  const operation = api.requests
    .map((request) => request.operation)
    .find((one) => isPage(routes[one].response));
  if (operation === undefined) return ['it reads no list of the API'];
  const isWanted = handedOutOnly[tool.name] ?? (() => true);
  const counts = itemsOf(operation).map((item) => {
    // The rest of a longer text may be cut.
    const own = stringsOf(item).flatMap((text) => /^\S*\d{3}\S*/.exec(text)?.[0] ?? []);
    return { item, count: rows.filter((row) => own.some((text) => row.includes(text))).length };
  });
  const wrong = counts.filter(({ item, count }) => count !== Number(isWanted(item)));
  const lost = wrong.filter(({ count }) => count === 0).length;
  const repeated = wrong.length - lost;
  return [
    ...problems,
    ...(lost > 0
      ? [
          `${lost} of ${counts.length} items of ${operation} are never handed out. If they are left out on purpose, say which in handedOutOnly of test/support/every-tool/paging-rule.ts`,
        ]
      : []),
    ...(repeated > 0 ? [`${repeated} of ${counts.length} items of ${operation} are handed out again`] : []),
  ];
}

/** By the length of their texts: the data of all walks. */
const made = new Map<number, ReturnType<typeof makeData>>();

function dataOf(walk: Walk) {
  const data = made.get(walk.length) ?? makeData(walk);
  made.set(walk.length, data);
  return data;
}

function makeData({ items: count, length }: Walk) {
  const lists = new Map<Operation, unknown[]>();
  let texts = 100_000;
  const filling: Filling = {
    everywhere: false,
    optional: () => true,
    text: () => {
      texts += 1;
      return `w${texts}q ${'x'.repeat(length)}`;
    },
  };
  const oldestFirst = (operation: Operation): readonly unknown[] => {
    const items = lists.get(operation) ?? apiItems(operation, () => filling, count);
    lists.set(operation, items);
    return items;
  };
  return { oldestFirst, single: answersWith(() => filling, 1) };
}

/** An API whose lists have many pages. A cursor of it is the index of the first item of a page. */
function pagedApi(walk: Walk) {
  const { pageSize, newestFirst } = walk;
  const { oldestFirst, single } = dataOf(walk);
  const itemsOf = (operation: Operation) =>
    newestFirst ? oldestFirst(operation).toReversed() : oldestFirst(operation);
  const answer = (request: ApiRequest): ApiAnswer => {
    if (!isPage(routes[request.operation].response as z.ZodTypeAny | null)) return single(request);
    const from = Number(request.query['cursor'] ?? 0);
    const items = itemsOf(request.operation);
    const next = from + pageSize < items.length ? String(from + pageSize) : null;
    return { status: 200, body: JSON.stringify({ items: items.slice(from, from + pageSize), next }) };
  };
  return { answer, itemsOf };
}

/** The rows of all lists of an answer, suggestions of next calls apart. */
function rowsOf(view: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(view)
    .filter(([name, value]) => name !== 'next' && Array.isArray(value))
    .flatMap(([, list]) => (list as unknown[]).map((row) => JSON.stringify(row)));
}
