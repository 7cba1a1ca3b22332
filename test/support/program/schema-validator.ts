import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import type {
  JsonSchemaType,
  JsonSchemaValidator,
  jsonSchemaValidator,
} from '@modelcontextprotocol/sdk/validation/types.js';

const validator = new AjvJsonSchemaValidator();
const compiled = new Map<string, JsonSchemaValidator<unknown>>();

/** Compiles equal schemas once in this process. The SDK's client compiles those of all tools each time it lists them. */
export const schemaValidator: jsonSchemaValidator = {
  getValidator<T>(schema: JsonSchemaType) {
    const text = JSON.stringify(schema);
    const validate = compiled.get(text) ?? validator.getValidator<unknown>(schema);
    compiled.set(text, validate);
    return validate as JsonSchemaValidator<T>;
  },
};
