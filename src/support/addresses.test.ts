import { describe, expect, it } from 'vitest';
import { classifyAddress } from './addresses.ts';

describe('classifyAddress', () => {
  it.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '::a9fe:a9fe',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
    '0.0.0.0',
    '::',
    '224.0.0.1',
    'ff02::1',
    '255.255.255.255',
    '2130706433',
    'localhost',
    '',
  ])('forbids %j', (address) => {
    expect(classifyAddress(address)).toBe('forbidden');
  });

  it.each([
    '127.0.0.1',
    '::1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    'fc00::1',
  ])('knows %j as private', (address) => {
    expect(classifyAddress(address)).toBe('private');
  });

  it.each(['::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::10.0.0.1', '2002:c0a8:0101::'])(
    'sees a private address through %j',
    (address) => {
      expect(classifyAddress(address)).toBe('private');
    },
  );

  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111', '64:ff9b::8.8.8.8', '100.128.0.1'])(
    'knows %j as public',
    (address) => {
      expect(classifyAddress(address)).toBe('public');
    },
  );
});
