// The server beside others: the start, calls, memory, tokens and what an installation brings. See server/ for each part.
import { countTokens } from 'gpt-tokenizer';
import { contenders } from './server/contenders.mjs';
import { measureCalls, measureStart, sampleAnswers } from './server/measures.mjs';
import { alternate, median } from './server/statistics.mjs';
import { startUpstream } from './server/upstream.mjs';

const startRounds = 11;
const callRounds = 5;
/** What the others are held against. */
const yardstick = 'minimal';

export const title = 'The server beside others';

export async function measure() {
  const upstream = await startUpstream();
  try {
    const servers = contenders(upstream);
    const starts = await alternate(startRounds, servers, (one) => measureStart(one, upstream.sessionId));
    const calls = await alternate(callRounds, servers, (one) => measureCalls(one, upstream.sessionId));
    const sizes = await tokensAndSizes(servers, upstream.sessionId);
    return page(servers, { ...starts, ...calls }, sizes);
  } finally {
    upstream.end();
  }
}

async function tokensAndSizes(servers, sessionId) {
  const rows = [];
  for (const server of servers) {
    const { tools, session, sessions } = await sampleAnswers(server, sessionId);
    const { packages, mb } = server.installed;
    const cells = [countTokens(tools), countTokens(session), sessions ? countTokens(sessions) : '', packages];
    rows.push(row([server.name, ...cells, mb.toFixed(1)]));
  }
  return rows;
}

function page(servers, figures, sizes) {
  const columns = [
    ['startMs', 0],
    ['firstMs', 1],
    ['callMs', 2],
    ['perSecond', 0],
    ['cpuUs', 0],
    ['memoryMb', 0],
  ];
  const times = servers.map(({ name }) => {
    const cells = columns.map(([figure, digits]) => {
      const values = figures[figure][name];
      const ratios = values.map((value, round) => value / figures[figure][yardstick][round]);
      return `${median(values).toFixed(digits)} (${median(ratios).toFixed(2)})`;
    });
    return row([name, ...cells]);
  });
  const toResponder = figures.startMs['opencx-sessions-mcp'].map(
    (value, round) => value / figures.startMs.responder[round],
  );
  return `Each server is spawned anew for every round (${startRounds} of starts, ${callRounds} of calls), all in turn, in front of the same API: a process
that answers recorded bodies of the sandbox. \`minimal\` is what one writes by the SDK's own guide, not bundled, with fetch; \`minimal, bundled\`
is the same as one minified file, with node:http; \`responder\` is the least that Node can be, without the SDK; \`undici\` is the request alone. The last three are published bridges, given the
sandbox's OpenAPI document. Numbers are medians; in brackets the median of the rounds' ratios to \`minimal\`. Calls are
measured after 2,000 others: before, compiling is most of what any of them does. Other work on the machine slows all of them alike.

| | start to \`tools/list\`, ms | first \`get_session\`, ms | \`get_session\`, ms | 32 in flight: calls a second | CPU a call, µs | memory after the start, MB |
| --- | --- | --- | --- | --- | --- | --- |
${times.join('\n')}

The start takes ${median(toResponder).toFixed(1)} times as long as the responder's.

| | tokens of the tool list | of \`get_session\` | of a page of \`list_sessions\` | packages installed | MB |
| --- | --- | --- | --- | --- | --- |
${sizes.join('\n')}

Tokens are those of o200k, of what stands in \`content\`; the API's page of sessions has 25, and so has this server's only on request (20). The tool list counts
output schemas too, which few clients hand the model: the README's figure leaves them out.`;
}

const row = (cells) => `| ${cells.join(' | ')} |`;
