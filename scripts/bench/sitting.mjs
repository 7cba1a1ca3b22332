// A sitting beside others: the start and twenty calls, which is most of what a server on stdio ever lives through.
import { contenders } from './server/contenders.mjs';
import { measureSitting } from './server/measures.mjs';
import { alternate, median } from './server/statistics.mjs';
import { startUpstream } from './server/upstream.mjs';

const rounds = 21;
/** What the others are held against. */
const yardstick = 'responder';

export const title = 'A sitting';

export async function measure() {
  const upstream = await startUpstream();
  try {
    // undici alone answers get_session only.
    const servers = contenders(upstream).filter(({ name }) => name !== 'undici');
    return page(servers, await alternate(rounds, servers, (one) => measureSitting(one, upstream.sessionIds)));
  } finally {
    upstream.end();
  }
}

function page(servers, figures) {
  const rows = servers.map(({ name }) => {
    const cells = ['cpuMs', 'startMs', 'firstMs'].map((figure) => {
      const values = figures[figure][name];
      const ratios = values.map((value, round) => value / figures[figure][yardstick][round]);
      return `${median(values).toFixed(figure === 'firstMs' ? 1 : 0)} (${median(ratios).toFixed(1)})`;
    });
    return `| ${[name, ...cells].join(' | ')} |`;
  });
  return `A server on stdio lives as long as its client, and most of that it waits. Measured is what it computes meanwhile: the start, \`tools/list\`,
and at once 20 calls one after another (10 \`get_session\`, 4 \`list_sessions\`, 6 \`get_session_history\`), on the servers and the API of the
section before. \`minimal, bundled\` is the minimal server as one minified file, with \`node:http\` in the place of fetch. CPU is that of all threads
from the spawn to the last answer. ${rounds} rounds, all in turn; medians, in brackets the median of the rounds' ratios to the responder.

| | CPU of the sitting, ms | start to \`tools/list\`, ms | first \`get_session\`, ms |
| --- | --- | --- | --- |
${rows.join('\n')}`;
}
