import type { McpClient } from '../clients/client.ts';
import type { Format } from './format.ts';

/** Loaded when they are needed: each brings a parser. */
export async function formatOf({ format, strict = false }: McpClient): Promise<Format> {
  switch (format) {
    case 'json':
      return (await import('./json.ts')).jsonFormat(strict);
    case 'toml':
      return (await import('./toml.ts')).tomlFormat;
    case 'yaml':
      return (await import('./yaml.ts')).yamlFormat;
  }
}
