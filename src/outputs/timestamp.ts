/** RFC 3339 in UTC, of whole seconds since 1970. */
export function timestamp(epoch: number): string {
  return new Date(epoch * 1000).toISOString().replace('.000Z', 'Z');
}
