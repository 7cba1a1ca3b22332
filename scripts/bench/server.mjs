// Compares the server with others: start, calls, memory, tokens and installed packages. The parts are in server/.
import { countTokens } from 'gpt-tokenizer';
import { contenders } from './server/contenders.mjs';
import { measureCalls, measureStart, sampleAnswers } from './server/measures.mjs';
import { alternate, median } from './server/statistics.mjs';
import { startUpstream } from './server/upstream.mjs';

const startRounds = 11;
const callRounds = 5;
/** The page's descriptions of all servers but the bridges. */
const descriptions = {
  'opencx-sessions-mcp': 'this server.',
  minimal: "written as the SDK's guide suggests, not bundled, with fetch.",
  'minimal, bundled': 'the same as one minified file, with `node:http` instead of fetch.',
  responder: 'the smallest possible MCP server on Node, without the SDK.',
  undici: 'only the HTTP request.',
};
/** Ratios compare each server with this one. */
const baseline = 'minimal';

export const title = 'Comparison with other servers';

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
      const ratios = values.map((value, round) => value / figures[figure][baseline][round]);
      return `${median(values).toFixed(digits)} (${median(ratios).toFixed(2)})`;
    });
    return row([name, ...cells]);
  });
  const toResponder = figures.startMs['opencx-sessions-mcp'].map(
    (value, round) => value / figures.startMs.responder[round],
  );
  const described = servers.filter(({ name }) => descriptions[name]);
  return `All servers call the same API, a process that replays recorded responses of the sandbox:

${described.map(({ name }) => `- \`${name}\`: ${descriptions[name]}`).join('\n')}
- The servers with a version number: published bridges, given the sandbox's OpenAPI document.

Each round starts every server in a new process, one server after another (${startRounds} rounds for starts, ${callRounds} for calls). Values are medians. The number in
brackets is the median of the ratios to \`${baseline}\` in the same round. Calls are measured after 2,000 warm-up calls: before that, servers spend
most of their time compiling code. Other load on the machine slows all servers alike.

| | start to \`tools/list\`, ms | first \`get_session\`, ms | \`get_session\`, ms | calls per second, 32 in flight | CPU per call, µs | memory after start, MB |
| --- | --- | --- | --- | --- | --- | --- |
${times.join('\n')}

This server takes ${median(toResponder).toFixed(1)} times as long to start as \`responder\`.

| | tokens: tool list | tokens: \`get_session\` | tokens: page of \`list_sessions\` | packages installed | installed MB |
| --- | --- | --- | --- | --- | --- |
${sizes.join('\n')}

Tokens are o200k tokens of the text in \`content\`. A page of the API has 25 sessions. A page of this server has 20, or 25 on request;
mcp-openapi shows 20 of the 25. The tool list includes output schemas, which few clients pass to the model; so does the README's figure.`;
}

const row = (cells) => `| ${cells.join(' | ')} |`;
