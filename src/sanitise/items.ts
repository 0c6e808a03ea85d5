import type { sanitised } from '../model/disk.ts';

/** One entry of the clean-up. Patterns are of the shell, absolute; `~` stands for the home of every user. */
export interface SanitiseItem {
  readonly name: (typeof sanitised)[number];
  /** Why no image may have it. */
  readonly why: string;
  /** Removed, with all below. */
  readonly remove?: readonly string[];
  /** Kept as empty files, for what writes to them wants them to be there. */
  readonly empty?: readonly string[];
}

export const sanitiseItems: readonly SanitiseItem[] = [
  {
    name: 'ssh-host-keys',
    why: 'whoever has the image could pose as every machine made from it',
    remove: ['/etc/ssh/ssh_host_*'],
  },
  {
    name: 'ssh-user-keys',
    why: 'they let somebody in, or are what somebody gets in elsewhere with',
    remove: [
      '~/.ssh/authorized_keys*',
      '~/.ssh/known_hosts*',
      '~/.ssh/id_*',
      '~/.ssh/*.sock',
      '~/.ssh/config',
    ],
  },
  {
    name: 'machine-id',
    why: 'two machines with the same id are one to DHCP servers and to the journal',
    empty: ['/etc/machine-id'],
  },
  {
    name: 'cloud-init',
    why: 'cloud-init does not start anew where it finds that it ran',
    remove: [
      '/var/lib/cloud/*',
      '/var/log/cloud-init*.log',
      '/etc/netplan/50-cloud-init.yaml',
      '/etc/network/interfaces.d/50-cloud-init*',
      '/etc/systemd/network/10-cloud-init-*',
      '/etc/NetworkManager/system-connections/cloud-init-*',
      '/etc/ssh/sshd_config.d/50-cloud-init.conf',
      '/etc/sudoers.d/90-cloud-init-users',
    ],
  },
  {
    name: 'network-state',
    why: 'leases and names of the machine that built the image',
    remove: [
      '/var/lib/dhcp/*',
      '/var/lib/dhclient/*',
      '/var/lib/dhcpcd/*',
      '/var/lib/NetworkManager/*',
      '/var/lib/systemd/network/*',
      '/etc/udev/rules.d/70-persistent-*',
    ],
  },
  {
    name: 'random-seeds',
    why: 'randomness that others know',
    remove: [
      '/var/lib/systemd/random-seed',
      '/var/lib/systemd/credential.secret',
      '/var/lib/urandom/random-seed',
      '/boot/efi/loader/random-seed',
      '/boot/loader/random-seed',
    ],
  },
  {
    name: 'histories',
    why: 'what somebody typed',
    remove: ['~/.*_history', '~/.*history', '~/.lesshst', '~/.viminfo', '~/.wget-hsts'],
  },
  {
    name: 'logs',
    why: 'what happened on the machine that built the image',
    remove: [
      '/var/log/journal/*',
      '/var/log/audit/*',
      '/var/log/installer/*',
      '/var/log/sa/*',
      '/var/log/apt/*',
      '/var/log/*.gz',
      '/var/log/*.[0-9]',
      '/var/log/*.old',
      '/var/lib/rsyslog/imjournal.state',
    ],
    empty: [
      '/var/log/*.log',
      '/var/log/syslog',
      '/var/log/messages',
      '/var/log/dmesg',
      '/var/log/wtmp',
      '/var/log/btmp',
      '/var/log/lastlog',
      '/var/log/faillog',
      '/var/log/tallylog',
    ],
  },
  {
    name: 'executor-logs',
    why: 'what components of Image Builder did on the machine that built the image',
    remove: ['/var/lib/amazon/toe/TOE_*'],
  },
  {
    name: 'agent-logs',
    why: 'what the agents of Systems Manager did on the machine that built the image',
    remove: ['/var/log/amazon/*'],
  },
  {
    name: 'temporary-files',
    why: 'left over from the build',
    remove: ['/tmp/*', '/tmp/.[!.]*', '/var/tmp/*', '/var/tmp/.[!.]*'],
  },
  {
    name: 'package-caches',
    why: 'downloads and lists that grow old, and addresses of the builder',
    remove: [
      '/var/lib/apt/lists/*',
      '/var/cache/apt/*',
      '/var/cache/yum/*',
      '/var/cache/dnf/*',
      '/var/cache/zypp/*',
      '/var/cache/apk/*',
      '/etc/apt/apt.conf.d/*proxy*',
      '/etc/apt/auth.conf.d/*',
      '~/.cache',
    ],
  },
  {
    name: 'credentials',
    why: 'they let somebody in elsewhere',
    remove: [
      '~/.aws',
      '~/.azure',
      '~/.kube',
      '~/.config/gcloud',
      '~/.docker/config.json',
      '~/.netrc',
      '~/.npmrc',
      '~/.pypirc',
      '~/.git-credentials',
      '~/.gnupg/private-keys-v1.d',
      '/var/lib/amazon/ssm/*',
      '/etc/amazon/ssm/*registration*',
    ],
  },
  {
    name: 'spools',
    why: 'mail, jobs and crash dumps of the machine that built the image',
    remove: [
      '/var/spool/mail/*',
      '/var/mail/*',
      '/var/spool/cron/atjobs/*',
      '/var/crash/*',
      '/var/lib/systemd/coredump/*',
    ],
  },
  {
    name: 'tls-keys',
    why: 'a private key that every machine has is none',
    remove: ['/etc/ssl/private/ssl-cert-snakeoil.key', '/etc/ssl/certs/ssl-cert-snakeoil.pem'],
  },
  {
    name: 'backups',
    why: 'passwords and users from before',
    remove: ['/etc/passwd-', '/etc/shadow-', '/etc/group-', '/etc/gshadow-', '/etc/subuid-', '/etc/subgid-'],
  },
];
