export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * Measures all servers in each round, starting each round with a different one, so that other load on the machine affects
 * all alike.
 * @returns the values of all rounds, by figure and server.
 */
export async function alternate(rounds, servers, work) {
  const figures = {};
  // Round -1 fills the disk cache and is not counted.
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
