import { BlockList, isIP } from 'node:net';

/**
 * Subnets of IPv4 that are not the public internet: IANA's special-purpose registry (RFC 6890), which has loopback,
 * private networks (RFC 1918), carrier-grade NAT and link-local, where clouds serve their metadata. The last one is the
 * address of Azure's host services, which looks public.
 */
const specialIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32',
];

/** Subnets of IPv6 within global unicast that lead to embedded IPv4 addresses or nowhere: Teredo, 6to4, documentation. */
const specialIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** Names that only a local network resolves (RFC 6761, RFC 6762, RFC 8375 and common use). */
const localName =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|lan|home|home\.arpa|onion)$/;

const special4 = listOf(specialIpv4, 'ipv4');
const special6 = listOf(specialIpv6, 'ipv6');
/** Everything outside, such as loopback, unique local, link-local and IPv4-mapped addresses, is not public. */
const globalUnicast = listOf(['2000::/3'], 'ipv6');

/** Whether an IP address belongs to the public internet. False for anything that is not a plain IP address. */
export function isPublicAddress(address: string): boolean {
  // A zone belongs to one interface of this machine.
  if (address.includes('%')) return false;
  switch (isIP(address)) {
    case 4:
      return !special4.check(address, 'ipv4');
    case 6:
      return globalUnicast.check(address, 'ipv6') && !special6.check(address, 'ipv6');
    default:
      return false;
  }
}

/**
 * Whether a host of a URL may be public, as far as its name tells: what a name resolves to is checked when it is resolved.
 * @param hostname as the URL class has it: lower case, IPv4 in its usual form, IPv6 in brackets.
 */
export function mayBePublicHost(hostname: string): boolean {
  const host = hostname.replace(/[[\]]/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0) return isPublicAddress(host);
  return host.includes('.') && !localName.test(host);
}

function listOf(subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', bits = ''] = subnet.split('/');
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}
