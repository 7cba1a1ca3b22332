import type { Sandbox } from '../../../src/sandbox/index.ts';

/** Asks a sandbox as any program would, without the client. @returns the JSON of its answer, which may be empty. */
export async function askSandbox(
  { fetch, key, url }: Pick<Sandbox, 'fetch' | 'key'> & { url: string },
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: object,
): Promise<string> {
  const answer = await fetch(
    new Request(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
