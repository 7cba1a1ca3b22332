import type { ClientId } from './client-ids.ts';
import type { EntryForm } from './entry-forms.ts';
import type { Place } from './places.ts';

export interface McpClient {
  readonly id: ClientId;
  readonly title: string;
  readonly format: 'json' | 'toml' | 'yaml';
  /** Whether its JSON may not contain comments, trailing commas or a byte order mark. */
  readonly strict?: boolean;
  /** Path of the object with the servers, in the file. A function where it depends on what the file contains. */
  readonly servers: readonly string[] | ((file: Readonly<Record<string, unknown>>) => readonly string[]);
  /** How it spells an entry. */
  readonly form: EntryForm;
  /** Whether it asks its user for secrets, and stores them. Otherwise the server reads the key from a file. */
  readonly asksForKey?: boolean;
  /** Whether it replaces `${NAME}` and the like in an entry with variables of its own environment. */
  readonly replacesVariables?: boolean;
  /** The variable that it takes the token of a remote server from, if it accepts none in its file. */
  readonly tokenVariable?: string;
  /** Why it has no entries for servers on other machines, and what to do instead. */
  readonly noRemote?: string;
  /** The files for all projects of the user. The first that exists is read; if none does, the first is created. */
  readonly userFiles: readonly Place[];
  /** A folder or file that exists only where the client is installed; usually the folder of its file. */
  readonly trace?: Place;
  /** The files for a single project, relative to its folder, if there are any. */
  readonly projectFiles?: readonly string[];
  /** How to make the client reload its file. */
  readonly reload: string;
  /** The same after the entry was taken out, where `reload` says how to see the server. */
  readonly reloadWithout?: string;
}
