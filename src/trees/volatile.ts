import { toBytes } from './paths.ts';

/**
 * What no image keeps: it differs between two equal builds, or belongs to one machine only. `*` stands for a
 * name or a part of one; what is below goes as well, the folder above stays.
 */
export const volatilePaths: readonly (readonly [pattern: string, why: string])[] = [
  ['tmp/*', 'emptied at each start'],
  ['var/tmp/*', 'left-overs of the build'],
  ['run/*', 'state of running processes'],
  ['dev/*', 'made by the kernel'],
  ['proc/*', 'made by the kernel'],
  ['sys/*', 'made by the kernel'],
  ['var/lib/apt/lists/*', 'copies of an archive that moves on; large'],
  ['var/lib/apt/periodic/*', 'time stamps of the last update'],
  ['var/cache/apt/archives/*.deb', 'downloads that are installed by now'],
  ['var/cache/apt/archives/partial/*', 'broken-off downloads'],
  ['var/cache/apt/archives/lock', 'a lock of the build'],
  ['var/cache/apt/*.bin', 'caches with addresses and times in them'],
  ['var/log/apt/*', 'when and what the build installed'],
  ['var/log/dpkg.log', 'when and what the build installed'],
  ['var/log/alternatives.log', 'when the build changed links'],
  ['var/log/bootstrap.log', 'log of the bootstrap'],
  ['var/log/fontconfig.log', 'log with time stamps'],
  ['var/log/journal/*', 'one machine only'],
  ['var/log/unattended-upgrades/*', 'log with time stamps'],
  ['var/cache/ldconfig/aux-cache', 'holds inode numbers and change times; ldconfig makes it anew'],
  ['var/cache/debconf/*-old', 'the state before the last change'],
  ['var/lib/dpkg/*-old', 'the state before the last change'],
  ['var/lib/dpkg/lock', 'a lock of the build'],
  ['var/lib/dpkg/lock-frontend', 'a lock of the build'],
  ['var/lib/dpkg/triggers/Lock', 'a lock of the build'],
  ['etc/passwd-', 'the state before the last change'],
  ['etc/shadow-', 'the state before the last change'],
  ['etc/group-', 'the state before the last change'],
  ['etc/gshadow-', 'the state before the last change'],
  ['etc/subuid-', 'the state before the last change'],
  ['etc/subgid-', 'the state before the last change'],
  ['etc/.pwd.lock', 'a lock of the build'],
  ['etc/ssh/ssh_host_*', 'identity of one machine: shared keys let anyone pose as any instance'],
  ['var/lib/systemd/random-seed', 'randomness of one machine'],
  ['var/lib/systemd/credential.secret', 'secret of one machine'],
  ['root/.bash_history', 'what somebody typed'],
  ['root/.python_history', 'what somebody typed'],
  ['root/.lesshst', 'what somebody typed'],
  ['root/.viminfo', 'what somebody typed'],
  ['root/.wget-hsts', 'where the build downloaded from, and when'],
];

/** Kept as an empty file, which systemd fills at the first start; without it the first start looks different. */
export const machineId = 'etc/machine-id';

/** Only a copy of the former; where it is a link to it, the link is fine. */
export const dbusMachineId = 'var/lib/dbus/machine-id';

/** Full match of a path below the root: the volatile thing itself, not what is below it. For JavaScript and `find`. */
export function droppedExpression(stubs: readonly string[] = []): string {
  const all = [
    ...volatilePaths.map(([pattern]) => pattern),
    ...stubs.map((stub) => stub.replace(/^\/+|\/+$/g, '')),
  ];
  return all.map((pattern, index) => expression(pattern, index < volatilePaths.length)).join('|');
}

/** Takes archive paths; also says yes to whatever is below something volatile. */
export function createVolatileTest(stubs: readonly string[] = []): (path: string) => boolean {
  const regex = new RegExp(`^(?:${toBytes(droppedExpression(stubs))})(?:/|$)`);
  return (path) => regex.test(path);
}

function expression(pattern: string, wildcards: boolean): string {
  const literal = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return wildcards ? literal.replaceAll('*', '[^/]+') : literal.replaceAll('*', '\\*');
}
