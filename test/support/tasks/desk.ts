import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { openSandbox } from '../../../src/sandbox/index.ts';
import { plainDoor } from '../doors/plain-door.ts';
import { contextOf } from '../fakes/fakes.ts';
import { askSandbox } from '../sandbox/ask-sandbox.ts';
import { clientOf } from '../sandbox/in-process.ts';

/**
 * Tokens in the o200k vocabulary. Values that differ from run to run (ids, the boundary, cursors of the API) are replaced
 * by fixed ones first.
 */
function tokens(text: string): number {
  const same = text
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '3c90c3cc-0d44-4b50-8888-8dd25736052a')
    .replaceAll(/(?<=^\[)[0-9a-f]{12}$|^[0-9a-f]{12}(?=\]$)/gm, 'a1b2c3d4e5f6')
    .replace(/"next":"[^"]*"/, '"next":"eyJjcmVhdGVkX2F0IjoxNzYzNzI2NDAwMDAwfQ"');
  return encode(same).length;
}

/** The costs of solving a task in one way. */
export interface Costs {
  calls: number;
  /** Tokens of the answers, as text and as JSON. The API itself has only JSON. */
  text: number;
  json: number;
}

/** Somebody who works with the tools. */
export interface Agent {
  // biome-ignore lint/suspicious/noExplicitAny: answers of every tool
  call(tool: string, given: object): Promise<any>;
}

/** Somebody who works with the operations of the API and reads its JSON. */
export interface Plain {
  // biome-ignore lint/suspicious/noExplicitAny: answers of every operation
  request(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<any>;
  /** The whole history. The newest message is on the last page. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  history(sessionId: string): Promise<any[]>;
}

/** As long as the address of a sandbox that listens: links to files are part of the tokens counted. */
const url = 'http://127.0.0.1:40000';

/**
 * A support desk with the demo data. Each way adds to the `costs` passed in.
 * @param now the fixed time of the sandbox.
 */
export async function openDesk(now: Date) {
  const sandbox = await openSandbox({ database: ':memory:', rateLimit: 0, now: () => now });
  const client = clientOf(sandbox, { baseUrl: url });
  const call = plainDoor({
    client,
    sendLog: contextOf({}).sendLog,
    allowVerified: true,
    confirmSends: false,
    logger: { info: () => {}, error: () => {} },
  });

  const agent = (costs: Costs): Agent => ({
    async call(name, given) {
      const outcome = await call(name, given);
      if (outcome.kind === 'failure') throw new Error(outcome.text);
      costs.calls += 1;
      costs.text += tokens(outcome.text);
      costs.json += tokens(JSON.stringify(outcome.view));
      return outcome.view;
    },
  });

  const plain = (costs: Costs): Plain => {
    const request: Plain['request'] = async (method, path, body) => {
      const text = await askSandbox({ ...sandbox, url }, method, path, body);
      costs.calls += 1;
      costs.json += tokens(text);
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
