/** Why an address cannot be listened on, with the flag that changes it. */
export function listenProblem(
  { code, message }: NodeJS.ErrnoException,
  { port, host }: { readonly port: number; readonly host: string },
): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is already in use. Choose another one with --port; 0 takes any free port.`;
  if (code === 'EACCES')
    return `Port ${port} on ${host} is not permitted for this user. Choose one above 1023 with --port.`;
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL' || code === 'EINVAL')
    return '--host is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for all network interfaces.';
  return `The server cannot listen on ${host}:${port}: ${message}.`;
}
