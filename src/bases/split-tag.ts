/** A colon in the last part of a path begins a tag: in `docker-archive:` references too, where tags hold slashes. */
export function splitTag(reference: string): { readonly path: string; readonly tag?: string } {
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  return colon < 0
    ? { path: reference }
    : { path: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}
