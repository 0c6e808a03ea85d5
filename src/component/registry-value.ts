import { psQuote } from './powershell.ts';

/** A value of the registry as an expression of PowerShell, or what was expected instead. */
export type RegistryValue =
  | { readonly kind: string; readonly expression: string }
  | { readonly wrong: string };

export function registryValue(type: string, value: string | readonly string[]): RegistryValue {
  switch (type.toUpperCase()) {
    case 'SZ':
      return single(value, 'String');
    case 'EXPAND_SZ':
      return single(value, 'ExpandString');
    case 'MULTI_SZ':
      return { kind: 'MultiString', expression: `[string[]]@(${listOf(value).map(psQuote).join(', ')})` };
    case 'DWORD':
      return whole(value, 32);
    case 'QWORD':
      return whole(value, 64);
    default:
      return bytes(value);
  }
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function single(value: string | readonly string[], kind: string): RegistryValue {
  return typeof value === 'string'
    ? { kind, expression: psQuote(value) }
    : { wrong: 'one text for this `type`' };
}

/** Unsigned, as people write them; .NET wants the signed number with the same bits. A fraction is dropped. */
function whole(value: string | readonly string[], bits: 32 | 64): RegistryValue {
  const wrong = { wrong: `a number of at most ${bits} bits for this \`type\`` };
  const text = typeof value === 'string' ? value.trim() : '';
  const digits = /^(0x[0-9a-f]+|-?\d+)(\.\d*)?$/i.exec(text)?.[1];
  if (digits === undefined) return wrong;
  const number = BigInt(digits);
  if (number >= 2n ** BigInt(bits) || number < -(2n ** BigInt(bits - 1))) return wrong;
  const signed = BigInt.asIntN(bits, number);
  return bits === 32
    ? { kind: 'DWord', expression: `[int]::Parse('${signed}')` }
    : { kind: 'QWord', expression: `[long]::Parse('${signed}')` };
}

/** A list of numbers up to 255, or hex digits, with or without commas between the bytes. */
function bytes(value: string | readonly string[]): RegistryValue {
  const parts =
    typeof value === 'string'
      ? (value.replace(/[\s,]/g, '').match(/../g) ?? []).map((pair) => `0x${pair}`)
      : value.map((part) => part.trim());
  const isHex = typeof value !== 'string' || /^([0-9a-f]{2}[\s,]*)+$/i.test(value);
  const numbers = parts.map((part) => (/^(0x[0-9a-f]{1,2}|\d{1,3})$/i.test(part) ? Number(part) : 256));
  if (!isHex || numbers.some((number) => number > 255)) {
    return { wrong: 'a list of bytes from 0 to 255, or their hex digits, for this `type`' };
  }
  return { kind: 'Binary', expression: `[byte[]]@(${numbers.join(', ')})` };
}
