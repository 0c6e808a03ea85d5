import { readFileSync } from 'node:fs';
import { GildError } from '../support/errors.ts';

/** Why this host gave no user namespace, and what to do about it. */
export function namespaceRefusal(exitCode: number, said: string, rootless: boolean): GildError {
  return new GildError({
    code: 'HOST_UNSUPPORTED',
    message: `This host gives no user namespace: ${said.trim().split('\n').at(-1) || `unshare exited ${exitCode}`}`,
    hint: reason(rootless),
  });
}

function reason(rootless: boolean): string {
  if (setting('/proc/sys/user/max_user_namespaces') === '0') {
    return 'user.max_user_namespaces is 0: `sysctl -w user.max_user_namespaces=15000` as root.';
  }
  if (rootless && setting('/proc/sys/kernel/unprivileged_userns_clone') === '0') {
    return 'kernel.unprivileged_userns_clone is 0: `sysctl -w kernel.unprivileged_userns_clone=1` as root, or run Gild as root.';
  }
  if (rootless && setting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return (
      'AppArmor forbids it to ordinary users (Ubuntu 23.10 and later): ' +
      '`sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` as root, or run Gild as root.'
    );
  }
  return 'In a container, it needs `--privileged` or `--security-opt seccomp=unconfined`; else run Gild as root.';
}

function setting(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
