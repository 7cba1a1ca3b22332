import type { Audit } from '../../state/audit.ts';
import { ConfigurationError } from '../settings/configuration-error.ts';

/** @throws ConfigurationError if the file cannot be written. */
export async function openAuditLog(file: string): Promise<Audit> {
  const { openAudit } = await import('../../state/files/audit.ts');
  try {
    return await openAudit(file);
  } catch (error) {
    throw new ConfigurationError(`--audit-log: the file cannot be written (${(error as Error).message}).`);
  }
}
