import { BlockList, isIP } from 'node:net';

/** What IANA has set aside, and the inside address of a cloud that is none of it. */
const SET_ASIDE = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32'],
];
/** Of IPv6, everything is set aside but this, and of this again some: tunnels to IPv4, documentation. */
const GLOBAL = ['2000::/3'];
const GLOBAL_SET_ASIDE = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const listOf = (subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const [net = '', length] of subnets.map((subnet) => subnet.split('/')))
    list.addSubnet(net, Number(length), family);
  return list;
};
const setAside4 = listOf(SET_ASIDE, 'ipv4');
const global6 = listOf(GLOBAL, 'ipv6');
const setAside6 = listOf(GLOBAL_SET_ASIDE, 'ipv6');

export function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !setAside4.check(address, 'ipv4');
  return isIP(address) === 6 && global6.check(address, 'ipv6') && !setAside6.check(address, 'ipv6');
}
