/**
 * The only import of zod. It uses the zod 3 API because zod-to-json-schema supports no other: for a zod 4 schema it
 * returns an empty JSON Schema and no error.
 */
export { z } from 'zod/v3';
