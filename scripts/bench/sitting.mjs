// Compares the start and the first twenty calls, which is most of what a stdio server does in its lifetime.
import { contenders } from './server/contenders.mjs';
import { measureFirstCalls } from './server/measures.mjs';
import { alternate, median } from './server/statistics.mjs';
import { startUpstream } from './server/upstream.mjs';

const rounds = 21;
/** Ratios compare each server with this one. */
const baseline = 'responder';

export const title = 'Start and first 20 calls';

export async function measure() {
  const upstream = await startUpstream();
  try {
    // The undici fixture answers get_session only.
    const servers = contenders(upstream).filter(({ name }) => name !== 'undici');
    return page(
      servers,
      await alternate(rounds, servers, (one) => measureFirstCalls(one, upstream.sessionIds)),
    );
  } finally {
    upstream.end();
  }
}

function page(servers, figures) {
  const rows = servers.map(({ name }) => {
    const cells = ['cpuMs', 'startMs', 'firstMs'].map((figure) => {
      const values = figures[figure][name];
      const ratios = values.map((value, round) => value / figures[figure][baseline][round]);
      return `${median(values).toFixed(figure === 'firstMs' ? 1 : 0)} (${median(ratios).toFixed(1)})`;
    });
    return `| ${[name, ...cells].join(' | ')} |`;
  });
  return `A stdio server runs as long as its client, and is idle most of the time. This section measures its work: the start, \`tools/list\`, and immediately
after that 20 calls one after another (10 \`get_session\`, 4 \`list_sessions\`, 6 \`get_session_history\`). The API and the servers are those of the
first section, without \`undici\`. \`minimal, bundled\` is the minimal server as one minified file, with \`node:http\` instead of fetch. CPU time
includes all threads, from spawn to the last response. Each of the ${rounds} rounds starts every server, one after another. Values are medians. The
number in brackets is the median of the ratios to \`${baseline}\` in the same round.

| | CPU, ms | start to \`tools/list\`, ms | first \`get_session\`, ms |
| --- | --- | --- | --- |
${rows.join('\n')}`;
}
