import type { Redact } from '../support/redact.ts';

/**
 * A download's address as a file under version control may show it: `***` stands in place of user, password, known
 * secrets, and of a whole query that looks as if it signed the request, since the rest of it changes with the signature.
 */
export function publicSource(address: string, redact: Redact): string {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) return redact(address);
  const user = url.username + url.password === '' ? '' : '***@';
  const place = redact(`${url.protocol}//${user}${url.host}${url.pathname}`);
  if (url.search === '') return place;
  const signs = [...url.searchParams.keys()].some((name) => secretive.test(name));
  const isOpen = !signs && redact(url.search) === url.search;
  return place + (isOpen ? url.search : '?***');
}

/** Whether all of an address is in what `publicSource` made of it. */
export function isWhole(source: string): boolean {
  return !source.includes('***');
}

const secretive = /token|secret|sig$|signature|passw|credential|auth|session|key|policy|expires/i;
