import { config } from 'zod/v4/core';

/**
 * The SDK's schemas are used a few dozen times in the life of a process. zod would generate and compile a function for
 * each of them, which costs 4 % of the CPU time of a sitting of twenty calls and more than it saves.
 */
config({ jitless: true });
