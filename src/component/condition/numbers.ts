const form = /^([-+]?)(\d+)(?:\.(\d+))?$/;
/** Longer ones come from something that is no number, and would only cost time. */
const longest = 1000;

/** Digits with a sign and a fraction at most; no exponent, no space. */
export function isNumber(text: string): boolean {
  return text.length <= longest && form.test(text);
}

/** Below, at or above zero as `a` is less than, equal to or greater than `b`, exactly; undefined if one is no number. */
export function compareNumbers(a: string, b: string): number | undefined {
  if (!isNumber(a) || !isNumber(b)) return undefined;
  const difference = scaled(a) - scaled(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function scaled(text: string): bigint {
  const [, sign, whole = '0', fraction = ''] = form.exec(text) ?? [];
  const value = BigInt(whole + fraction.padEnd(longest, '0'));
  return sign === '-' ? -value : value;
}
