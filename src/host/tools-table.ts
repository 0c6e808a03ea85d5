/** What a tool is needed for. */
export type ToolPurpose = 'build' | 'debian' | 'network' | 'rootless' | 'machines' | 'tests';

export type PackageManager = 'apt-get' | 'dnf' | 'zypper' | 'apk' | 'pacman';

/** A program or file of the host that Gild uses. */
export interface HostTool {
  /** Program name, or absolute path of a file. */
  readonly name: string;
  /** Others that do just as well. */
  readonly instead?: readonly string[];
  readonly purpose: ToolPurpose;
  /** Follows "is needed to". */
  readonly why: string;
  /** A property that the program must have beside being there. */
  readonly must?: 'be-static' | 'not-be-busybox';
  /** Package by that name; absent where a package manager has none. */
  readonly packages: Readonly<Partial<Record<PackageManager, string>>>;
}

export const hostTools: readonly HostTool[] = [
  {
    name: 'crun',
    instead: ['runc'],
    purpose: 'build',
    why: 'start containers',
    packages: everywhere('crun'),
  },
  {
    name: 'busybox',
    purpose: 'build',
    why: 'work in images that have no shell of their own',
    must: 'be-static',
    packages: { 'apt-get': 'busybox-static', dnf: 'busybox', zypper: 'busybox-static', pacman: 'busybox' },
  },
  {
    name: 'tar',
    purpose: 'build',
    why: 'read and write layers',
    must: 'not-be-busybox',
    packages: everywhere('tar'),
  },
  {
    name: 'unshare',
    purpose: 'build',
    why: 'make namespaces',
    packages: { ...everywhere('util-linux'), apk: 'util-linux-misc' },
  },
  {
    name: 'nsenter',
    purpose: 'build',
    why: 'enter namespaces',
    packages: { ...everywhere('util-linux'), apk: 'util-linux-misc' },
  },
  {
    name: 'mount',
    purpose: 'build',
    why: 'mount layers over each other',
    packages: { ...everywhere('util-linux'), 'apt-get': 'mount', apk: 'mount' },
  },
  {
    name: 'mmdebstrap',
    purpose: 'debian',
    why: 'make the base of `debian:` recipes',
    packages: { 'apt-get': 'mmdebstrap', dnf: 'mmdebstrap' },
  },
  {
    name: 'gpgv',
    purpose: 'debian',
    why: "check the signatures of Debian's archive",
    packages: { 'apt-get': 'gpgv', dnf: 'gnupg2', zypper: 'gpg2', apk: 'gpgv', pacman: 'gnupg' },
  },
  {
    name: 'xz',
    purpose: 'debian',
    why: 'read the package indexes of archives',
    packages: { ...everywhere('xz'), 'apt-get': 'xz-utils' },
  },
  {
    name: '/usr/share/keyrings/debian-archive-keyring.gpg',
    purpose: 'debian',
    why: "check the signatures of Debian's archive",
    packages: {
      'apt-get': 'debian-archive-keyring',
      dnf: 'debian-keyring',
      apk: 'debian-archive-keyring',
      pacman: 'debian-archive-keyring',
    },
  },
  {
    name: 'slirp4netns',
    purpose: 'network',
    why: 'give a build a network of its own',
    packages: everywhere('slirp4netns'),
  },
  {
    name: 'newuidmap',
    purpose: 'rootless',
    why: 'build without being root',
    packages: {
      'apt-get': 'uidmap',
      dnf: 'shadow-utils',
      zypper: 'shadow',
      apk: 'shadow-subids',
      pacman: 'shadow',
    },
  },
  {
    name: 'newgidmap',
    purpose: 'rootless',
    why: 'build without being root',
    packages: {
      'apt-get': 'uidmap',
      dnf: 'shadow-utils',
      zypper: 'shadow',
      apk: 'shadow-subids',
      pacman: 'shadow',
    },
  },
  {
    name: 'qemu-system-x86_64',
    purpose: 'machines',
    why: 'boot disks, to test them and to run them',
    packages: {
      'apt-get': 'qemu-system-x86',
      dnf: 'qemu-system-x86-core',
      zypper: 'qemu-x86',
      apk: 'qemu-system-x86_64',
      pacman: 'qemu-system-x86',
    },
  },
  {
    name: '/usr/share/OVMF/OVMF_CODE_4M.fd',
    purpose: 'machines',
    why: 'boot disks with UEFI',
    packages: {
      'apt-get': 'ovmf',
      dnf: 'edk2-ovmf',
      zypper: 'qemu-ovmf-x86_64',
      apk: 'ovmf',
      pacman: 'edk2-ovmf',
    },
  },
  {
    name: 'grub-mkimage',
    purpose: 'machines',
    why: 'make what disks boot with',
    packages: { 'apt-get': 'grub-common', dnf: 'grub2-tools', zypper: 'grub2', apk: 'grub', pacman: 'grub' },
  },
  {
    name: '/usr/lib/grub/i386-pc/boot.img',
    purpose: 'machines',
    why: 'make disks that BIOS boots',
    packages: {
      'apt-get': 'grub-pc-bin',
      dnf: 'grub2-pc-modules',
      zypper: 'grub2-i386-pc',
      apk: 'grub-bios',
      pacman: 'grub',
    },
  },
  {
    name: '/usr/lib/grub/x86_64-efi/normal.mod',
    purpose: 'machines',
    why: 'make disks that UEFI boots',
    packages: {
      'apt-get': 'grub-efi-amd64-bin',
      dnf: 'grub2-efi-x64-modules',
      zypper: 'grub2-x86_64-efi',
      apk: 'grub-efi',
      pacman: 'grub',
    },
  },
  {
    name: 'ssh',
    purpose: 'machines',
    why: 'run commands in a virtual machine',
    packages: {
      'apt-get': 'openssh-client',
      dnf: 'openssh-clients',
      zypper: 'openssh-clients',
      apk: 'openssh-client',
      pacman: 'openssh',
    },
  },
  {
    name: 'skopeo',
    purpose: 'tests',
    why: 'read our OCI layouts with foreign eyes',
    packages: everywhere('skopeo'),
  },
  {
    name: 'umoci',
    purpose: 'tests',
    why: 'unpack our OCI layouts with foreign hands',
    packages: everywhere('umoci'),
  },
  {
    name: 'podman',
    purpose: 'tests',
    why: 'run our images as users do',
    packages: everywhere('podman'),
  },
  {
    name: 'runc',
    purpose: 'tests',
    why: 'be what podman runs our images with',
    packages: everywhere('runc'),
  },
  {
    name: 'getfattr',
    purpose: 'tests',
    why: 'see extended attributes',
    packages: everywhere('attr'),
  },
  {
    name: 'curl',
    purpose: 'tests',
    why: 'ask our servers as users do',
    packages: everywhere('curl'),
  },
  {
    name: 'gpg',
    purpose: 'tests',
    why: 'sign archives of our own',
    packages: { 'apt-get': 'gpg', dnf: 'gnupg2', zypper: 'gpg2', apk: 'gnupg', pacman: 'gnupg' },
  },
  {
    name: 'gpg-agent',
    purpose: 'tests',
    why: 'keep the keys that those archives are signed with',
    packages: { 'apt-get': 'gpg-agent', dnf: 'gnupg2', zypper: 'gpg2', apk: 'gnupg', pacman: 'gnupg' },
  },
  {
    name: 'zstd',
    purpose: 'tests',
    why: 'unpack our root file systems with a foreign decoder',
    packages: everywhere('zstd'),
  },
  {
    name: 'qemu-img',
    purpose: 'machines',
    why: 'lay a file for what a machine writes over its disk; tests check our disk formats with it',
    packages: {
      'apt-get': 'qemu-utils',
      dnf: 'qemu-img',
      zypper: 'qemu-img',
      apk: 'qemu-img',
      pacman: 'qemu-img',
    },
  },
  {
    name: 'python3',
    purpose: 'tests',
    why: 'read our reports with a foreign parser',
    packages: { ...everywhere('python3'), pacman: 'python' },
  },
  {
    name: 'e2fsck',
    purpose: 'tests',
    why: 'check our file systems with foreign eyes',
    packages: everywhere('e2fsprogs'),
  },
  {
    name: 'btrfs',
    purpose: 'tests',
    why: 'check our other file systems with foreign eyes',
    packages: { ...everywhere('btrfs-progs'), zypper: 'btrfsprogs' },
  },
  {
    name: 'xfs_repair',
    purpose: 'tests',
    why: 'check our file systems with foreign eyes',
    packages: everywhere('xfsprogs'),
  },
  {
    name: 'fsck.vfat',
    purpose: 'tests',
    why: 'read our boot partitions with foreign eyes',
    packages: everywhere('dosfstools'),
  },
  {
    name: 'sfdisk',
    purpose: 'tests',
    why: 'check our partition tables with foreign eyes',
    packages: {
      'apt-get': 'fdisk',
      dnf: 'util-linux',
      zypper: 'util-linux',
      apk: 'sfdisk',
      pacman: 'util-linux',
    },
  },
];

function everywhere(name: string): Record<PackageManager, string> {
  return { 'apt-get': name, dnf: name, zypper: name, apk: name, pacman: name };
}
