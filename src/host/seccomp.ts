/**
 * System calls of a container, by what they are for. Whatever is in no list fails with ENOSYS, so that programs
 * fall back as on an older kernel; what is refused on purpose fails with EPERM.
 */
const allowed = {
  files: [
    'access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64',
    'fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync flock fstat fstatfs fsync ftruncate',
    'futimesat getcwd getdents getdents64 lchown link linkat lseek lstat mkdir mkdirat mknod mknodat newfstatat open',
    'openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv rename',
    'renameat renameat2 rmdir sendfile splice stat statfs statx symlink symlinkat sync sync_file_range syncfs tee',
    'truncate umask unlink unlinkat utime utimensat utimes vmsplice write writev cachestat',
  ],
  extendedAttributes: [
    'fgetxattr flistxattr fremovexattr fsetxattr getxattr lgetxattr listxattr llistxattr lremovexattr lsetxattr',
    'removexattr setxattr getxattrat setxattrat listxattrat removexattrat',
  ],
  memory: [
    'brk get_mempolicy madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall mmap',
    'mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect process_madvise',
    'process_mrelease remap_file_pages',
  ],
  processes: [
    'arch_prctl capget capset execve execveat exit exit_group fork getpgid getpgrp getpid getppid getpriority getrlimit',
    'getrusage getsid gettid kill pidfd_getfd pidfd_open pidfd_send_signal prctl prlimit64 process_vm_readv',
    'process_vm_writev ptrace rseq sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr',
    'sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam',
    'sched_setscheduler sched_yield set_robust_list get_robust_list set_tid_address setpgid setpriority setrlimit',
    'setsid tgkill tkill uname vfork wait4 waitid ioprio_get ioprio_set getcpu kcmp landlock_add_rule',
    'landlock_create_ruleset landlock_restrict_self seccomp chroot sysinfo times',
  ],
  identities: [
    'getegid geteuid getgid getgroups getresgid getresuid getuid setfsgid setfsuid setgid setgroups setregid setresgid',
    'setresuid setreuid setuid',
  ],
  signals: [
    'pause restart_syscall rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend',
    'rt_sigtimedwait rt_tgsigqueueinfo sigaltstack signalfd signalfd4',
  ],
  time: [
    'alarm clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time timer_create',
    'timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime',
  ],
  waiting: [
    'epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd',
    'eventfd2 futex futex_requeue futex_wait futex_waitv futex_wake inotify_add_watch inotify_init inotify_init1',
    'inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit ioctl poll ppoll pselect6',
    'select',
  ],
  communication: [
    'accept accept4 bind connect getpeername getsockname getsockopt listen pipe pipe2 recvfrom recvmmsg recvmsg sendmmsg',
    'sendmsg sendto setsockopt shutdown socketpair mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend',
    'mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop shmat shmctl shmdt shmget getrandom',
  ],
  wideVariants: [
    'chown32 fadvise64_64 fchown32 fcntl64 fstat64 fstatat64 fstatfs64 ftruncate64 getegid32 geteuid32 getgid32',
    'getgroups32 getresgid32 getresuid32 getuid32 lchown32 lstat64 mmap2 sendfile64 setfsgid32 setfsuid32 setgid32',
    'setgroups32 setregid32 setresgid32 setresuid32 setreuid32 setuid32 stat64 statfs64 truncate64 ugetrlimit _llseek',
    '_newselect waitpid sigreturn sigprocmask get_thread_area set_thread_area clock_gettime64 clock_nanosleep_time64',
    'clock_getres_time64 futex_time64 ppoll_time64 pselect6_time64 recvmmsg_time64 utimensat_time64',
    'timer_settime64 timer_gettime64 timerfd_settime64 timerfd_gettime64 rt_sigtimedwait_time64',
    'sched_rr_get_interval_time64 io_pgetevents_time64 mq_timedreceive_time64 mq_timedsend_time64 semtimedop_time64',
    'sync_file_range2 arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls',
  ],
} as const;

/** Ways to new privileges, to other namespaces, to the kernel itself, or to large surfaces that builds do not need. */
const refused = [
  'mount umount umount2 pivot_root move_mount open_tree open_tree_attr fsopen fsconfig fsmount fspick mount_setattr',
  'unshare setns keyctl add_key request_key bpf userfaultfd perf_event_open kexec_load kexec_file_load init_module',
  'finit_module delete_module create_module io_uring_setup io_uring_enter io_uring_register quotactl quotactl_fd swapon',
  'swapoff reboot acct settimeofday clock_settime clock_settime64 clock_adjtime adjtimex stime sethostname setdomainname',
  'iopl ioperm syslog vhangup lookup_dcookie name_to_handle_at open_by_handle_at fanotify_init nfsservctl mbind',
  'migrate_pages move_pages set_mempolicy personality uselib ustat sysfs vm86 vm86old',
];

const newNamespaces = 0x7e020000;
const families = { unix: 1, inet: 2, inet6: 10, netlink: 16 };
const harmlessPersonalities = [0, 8, 0x20000, 0x20008, 0xffffffff];
const enosys = 38;

/** The `linux.seccomp` part of a runtime configuration. */
export function seccompProfile(): object {
  profile ??= makeProfile();
  return profile;
}

let profile: object | undefined;

function makeProfile(): object {
  const allow = 'SCMP_ACT_ALLOW';
  const equals = (index: number, value: number) => [{ index, value, op: 'SCMP_CMP_EQ' }];
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: enosys,
    architectures: architectures(),
    syscalls: [
      { names: words(Object.values(allowed).flat()), action: allow },
      {
        names: ['clone'],
        action: allow,
        args: [{ index: 0, value: newNamespaces, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
      },
      ...Object.values(families).map((family) => ({
        names: ['socket'],
        action: allow,
        args: equals(0, family),
      })),
      ...harmlessPersonalities.map((value) => ({
        names: ['personality'],
        action: allow,
        args: equals(0, value),
      })),
      {
        names: words(refused).filter((name) => name !== 'personality'),
        action: 'SCMP_ACT_ERRNO',
        errnoRet: 1,
      },
    ],
  };
}

function architectures(): string[] {
  if (process.arch === 'arm64') return ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'];
  return ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'];
}

function words(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}
