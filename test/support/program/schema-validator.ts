import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import type { JsonSchemaType, JsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';

/** What the clients of both generations of the SDK take. */
interface Validator {
  getValidator<T>(schema: JsonSchemaType): JsonSchemaValidator<T>;
}

/** Compiles equal schemas once in this process. The SDK's clients compile those of all tools each time they list them. */
export function compilingOnce(validator: Validator): Validator {
  const compiled = new Map<string, JsonSchemaValidator<unknown>>();
  return {
    getValidator<T>(schema: JsonSchemaType) {
      const text = JSON.stringify(schema);
      const validate = compiled.get(text) ?? validator.getValidator<unknown>(schema);
      compiled.set(text, validate);
      return validate as JsonSchemaValidator<T>;
    },
  };
}

export const schemaValidator = compilingOnce(new AjvJsonSchemaValidator());
