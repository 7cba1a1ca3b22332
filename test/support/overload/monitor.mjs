// Loaded into the tested program. Answers each message of its parent with the longest delay of the event loop since the
// last one, and with the most memory that the process has ever had.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolution = 5;
const delay = monitorEventLoopDelay({ resolution });
delay.enable();

// On a busy machine, the loop is also late when another program has the processor. Linux tells how long this thread had it.
let longestBusyMs = 0;
let busyMs = busyTime();
setInterval(() => {
  const until = busyTime();
  longestBusyMs = Math.max(longestBusyMs, until - busyMs);
  busyMs = until;
}, resolution).unref();

function busyTime() {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return Number.NaN;
  }
}

process.on('message', () => {
  const delayMs = Math.max(0, delay.max / 1e6 - resolution);
  const longestMs = Number.isNaN(longestBusyMs) ? delayMs : Math.min(delayMs, longestBusyMs);
  delay.reset();
  longestBusyMs = 0;
  process.send?.({ longestMs, peakBytes: process.resourceUsage().maxRSS * 1024 });
});
process.channel?.unref();
