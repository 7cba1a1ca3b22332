/** Unusable settings or arguments. The program prints the message and exits with code 2. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
