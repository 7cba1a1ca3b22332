export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * Measures all servers in turn, in each round beginning with another, so that what else the machine does hits all alike.
 * @returns for each figure and server the values of all rounds.
 */
export async function alternate(rounds, servers, work) {
  const figures = {};
  // The first round fills the caches of the disk and is not counted.
  for (let round = -1; round < rounds; round += 1) {
    for (let n = 0; n < servers.length; n += 1) {
      const server = servers[(n + round + servers.length) % servers.length];
      const values = await work(server);
      if (round < 0) continue;
      for (const [figure, value] of Object.entries(values)) {
        figures[figure] ??= {};
        figures[figure][server.name] ??= [];
        figures[figure][server.name].push(value);
      }
    }
  }
  return figures;
}
