/** How long a test may take, and what it waits for: ten times what the slowest takes on an idle machine with two cores. */
export const limits = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // A page in a browser takes its time on a busy machine.
  expect: { poll: { timeout: 10_000 } },
};
