import { describe, expect, it } from '@jest/globals';
import { isPublic } from './public-addresses.ts';

describe('an address is private, so that no webhook may lead there', () => {
  it.each([
    ['this machine', '127.0.0.1', '127.255.255.254', '0.0.0.0', '::1', '::'],
    ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ['link-local, metadata of clouds among them', '169.254.0.1', '169.254.169.254', 'fe80::1', 'febf::1'],
    ['unique local', 'fc00::1', 'fd00:ec2::254', 'fdff:ffff::1'],
    ['carrier-grade NAT', '100.64.0.1', '100.100.100.200', '100.127.255.255'],
    ['multicast and broadcast', '224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
    [
      'reserved, for tests and documentation',
      '240.0.0.1',
      '198.18.0.1',
      '192.0.2.1',
      '203.0.113.9',
      '2001:db8::1',
      '3fff::1',
    ],
    [
      'IPv4 in IPv6',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '::ffff:8.8.8.8',
      '::127.0.0.1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '2001:0:7f00:1::',
    ],
    ['of a cloud’s inside', '168.63.129.16', '192.0.0.192'],
    ['no address', '', 'localhost', '127.1', '1.2.3.4.5', 'fe80::1%eth0'],
  ])('%s', (_, ...addresses) => expect(addresses.filter(isPublic)).toEqual([]));
});

it('all others are public', () => {
  const addresses = ['8.8.8.8', '1.1.1.1', '11.0.0.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1'];
  expect([...addresses, '2606:4700::1111', '2a00:1450:4001::64'].filter((one) => !isPublic(one))).toEqual([]);
});
