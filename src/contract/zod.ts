/**
 * The one place that imports zod.
 *
 * It is zod 4's package through its zod 3 interface, because zod-to-json-schema reads zod 3 definitions only:
 * given a zod 4 schema it returns an empty JSON Schema without an error. One import keeps the two from mixing.
 */
export { z } from 'zod/v3';
