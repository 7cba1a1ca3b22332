import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { createClient } from '../../../src/client/client.ts';
import { openSandbox } from '../../../src/sandbox/index.ts';
import { contextOf } from '../fakes.ts';
import { plainDoor } from '../plain-door.ts';

/**
 * Tokens of the o200k vocabulary. What is random from run to run (new ids, the boundary, the cursors of the API) is
 * counted as one and the same of its kind.
 */
function tokens(text: string): number {
  const same = text
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '3c90c3cc-0d44-4b50-8888-8dd25736052a')
    .replaceAll(/(?<=^\[)[0-9a-f]{12}$|^[0-9a-f]{12}(?=\]$)/gm, 'a1b2c3d4e5f6')
    .replace(/"next":"[^"]*"/, '"next":"eyJjcmVhdGVkX2F0IjoxNzYzNzI2NDAwMDAwfQ"');
  return encode(same).length;
}

/** What a way of solving a task cost. */
export interface Bill {
  calls: number;
  /** Tokens that the answers take: as text, and as JSON. A pass-through has JSON only. */
  text: number;
  json: number;
}

/** Somebody at the desk who has the tools and calls them. */
export interface Agent {
  // biome-ignore lint/suspicious/noExplicitAny: a reader looks into the answers of every tool
  call(tool: string, given: object): Promise<any>;
}

/** Somebody at the desk who has the API's own operations, and reads its own JSON. */
export interface Plain {
  // biome-ignore lint/suspicious/noExplicitAny: a reader looks into the answers of every operation
  request(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<any>;
  /** A whole history, page by page: without its end nobody knows what was said last. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  history(sessionId: string): Promise<any[]>;
}

/**
 * A support desk on the demo data, with a bill for each of the two.
 * @param now what the clock says; it stands still.
 */
export async function openDesk(now: Date) {
  const sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, now: () => now });
  const { url } = await sandbox.listen({ port: 0 });
  const client = createClient({ apiKey: sandbox.key, baseUrl: url, requestsPerMinute: 0 });
  const call = plainDoor({
    client,
    sendLog: contextOf({}).sendLog,
    allowVerified: true,
    confirmSends: false,
    logger: { info: () => {}, error: () => {} },
  });

  const agent = (bill: Bill): Agent => ({
    async call(name, given) {
      const outcome = await call(name, given);
      if (outcome.kind === 'failure') throw new Error(outcome.text);
      bill.calls += 1;
      bill.text += tokens(outcome.text);
      bill.json += tokens(JSON.stringify(outcome.view));
      return outcome.view;
    },
  });

  const plain = (bill: Bill): Plain => {
    const request: Plain['request'] = async (method, path, body) => {
      const answer = await sandbox.fetch(
        new Request(`${url}${path}`, {
          method,
          headers: { authorization: `Bearer ${sandbox.key}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      );
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      bill.calls += 1;
      bill.json += tokens(text);
      return text === '' ? undefined : JSON.parse(text);
    };
    return {
      request,
      async history(sessionId) {
        const items = [];
        let cursor: string | null = null;
        do {
          const query: string = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
          const page = await request('GET', `/chat/sessions/${sessionId}/history${query}`);
          items.push(...page.items);
          cursor = page.next;
        } while (cursor !== null);
        return items;
      },
    };
  };

  const close = async () => {
    await client.close();
    await sandbox.close();
  };
  return { agent, plain, close };
}
