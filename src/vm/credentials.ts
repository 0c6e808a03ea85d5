/**
 * Lets the key of one run in, without a change to the image: systemd reads credentials from the machine's firmware
 * tables (SMBIOS type 11; from version 252) and lets systemd-tmpfiles lay out what one of them says; cloud-init reads
 * a disk named CIDATA. All of it is written to the machine's throw-away disk only.
 * Sources: systemd.system-credentials(7), tmpfiles.d(5), cloud-init's NoCloud data source.
 */
export function firmwareCredentials(publicKey: string): string[] {
  const files = [
    'd /root/.ssh 0700 root root -',
    fileLine('/root/.ssh/authorized_keys', '0600', `${publicKey}\n`),
    'd /etc/ssh/sshd_config.d 0755 root root -',
    fileLine('/etc/ssh/sshd_config.d/00-gild-run.conf', '0644', letRootIn),
  ].join('\n');
  return [`io.systemd.credential.binary:tmpfiles.extra=${base64(`${files}\n`)}`];
}

/** The address from which QEMU's own network stack connects. */
export const gateway = '10.0.2.2';

/** For connections of the hypervisor alone: what the image says of everybody else stays as it is. */
const letRootIn = `Match Address ${gateway}\n  PermitRootLogin prohibit-password\n  PubkeyAuthentication yes\n`;

/** Files of a NoCloud seed. */
export function cloudInitSeed(publicKey: string, instanceId: string): Readonly<Record<string, string>> {
  return {
    'meta-data': `instance-id: ${instanceId}\nlocal-hostname: gild\n`,
    'user-data': `#cloud-config\ndisable_root: false\nssh_pwauth: false\nusers:\n  - default\n  - name: root\n    ssh_authorized_keys:\n      - ${publicKey}\n`,
  };
}

function fileLine(path: string, mode: string, content: string): string {
  return `f+~ ${path} ${mode} root root - ${base64(content)}`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
