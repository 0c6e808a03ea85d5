/** Nothing of the host's environment reaches a step: the same recipe meets the same words everywhere. */
const fixed = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
  DEBIAN_FRONTEND: 'noninteractive',
};

export function environment(own: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { ...fixed, ...own };
}
