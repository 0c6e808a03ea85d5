import { isIPv4, isIPv6 } from 'node:net';

/**
 * `forbidden`: never a place to download from (cloud metadata, link-local, multicast, unspecified).
 * `private`: this host or its own networks. `public`: everything else.
 */
export type AddressClass = 'public' | 'private' | 'forbidden';

/** Looks through IPv4-mapped, NAT64 and 6to4 forms. Anything that is not an address is `forbidden`. */
export function classifyAddress(address: string): AddressClass {
  if (isIPv4(address)) return classifyV4(address.split('.').map(Number));
  if (!isIPv6(address)) return 'forbidden';
  const groups = expand(address.replace(/%.*$/, ''));
  const inner = embeddedV4(groups);
  return inner ? classifyV4(inner) : classifyV6(groups);
}

function classifyV4([a = 0, b = 0, c = 0, d = 0]: readonly number[]): AddressClass {
  if (a === 0 || a >= 224 || (a === 169 && b === 254)) return 'forbidden';
  if (a === 100 && b === 100 && c === 100 && d === 200) return 'forbidden';
  if (a === 168 && b === 63 && c === 129 && d === 16) return 'forbidden';
  if (a === 10 || a === 127 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168)) return 'private';
  if (a === 100 && b >= 64 && b < 128) return 'private';
  return 'public';
}

function classifyV6(groups: readonly number[]): AddressClass {
  const [first = 0] = groups;
  if (groups.slice(0, 7).every((group) => group === 0)) return groups[7] === 1 ? 'private' : 'forbidden';
  if ((first & 0xffc0) === 0xfe80 || (first & 0xff00) === 0xff00) return 'forbidden';
  if (first === 0xfd00 && groups[1] === 0x0ec2) return 'forbidden';
  if ((first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfec0) return 'private';
  return 'public';
}

function embeddedV4(groups: readonly number[]): readonly number[] | undefined {
  const zeros = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0);
  const bytes = (at: number) => groups.slice(at, at + 2).flatMap((group) => [group >> 8, group & 255]);
  if (zeros(0, 5) && groups[5] === 0xffff) return bytes(6);
  if (zeros(0, 6) && groups[6] !== 0) return bytes(6);
  if (groups[0] === 0x64 && groups[1] === 0xff9b) return bytes(6);
  if (groups[0] === 0x2002) return bytes(1);
  return undefined;
}

function expand(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function groupsOf(text: string): number[] {
  return text
    .split(':')
    .filter((part) => part !== '')
    .flatMap((part) => {
      if (!part.includes('.')) return [Number.parseInt(part, 16)];
      const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
      return [a * 256 + b, c * 256 + d];
    });
}
