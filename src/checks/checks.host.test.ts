import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../platforms/types.ts';
import { openTestbed, runCheck, type Testbed } from './test-machine.ts';

const unit = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n';

let testbed: Testbed;
let machine: Machine;

beforeAll(async () => {
  testbed = await openTestbed({
    files: {
      'etc/motd': 'Welcome\nto the machine\n',
      'etc/machine-id': '',
      'etc/shadow': 'root:*:19000:0:99999:7:::\napp:$y$j9T$x:19000::::::\nnobody:!:19000::::::\n',
      'var/lib/dpkg/status':
        'Package: nginx\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.22.1-9+deb12u2\n',
      'lib/systemd/system/nginx.service': unit,
      'lib/systemd/system/ssh.service': unit,
      'lib/systemd/system/cron.service': unit,
      'lib/systemd/system/getty@.service': unit,
      'lib/systemd/system/dbus.service': '[Service]\nExecStart=/bin/true\n',
    },
    links: {
      'etc/motd.link': 'motd',
      'etc/nowhere': '/no/such/file',
      'etc/systemd/system/multi-user.target.wants/nginx.service': '/lib/systemd/system/nginx.service',
      'etc/systemd/system/getty.target.wants/getty@tty1.service': '/lib/systemd/system/getty@.service',
      'etc/systemd/system/sshd.service': '/lib/systemd/system/ssh.service',
      'etc/systemd/system/telnet.service': '/dev/null',
    },
  });
  machine = await testbed.start();
});

afterAll(async () => {
  await machine?.close();
  await testbed?.close();
});

describe('the command check', () => {
  it.each([
    { run: 'echo hello; echo oops >&2', stdout: { equals: 'hello' }, stderr: { contains: 'oops' } },
    { run: ['id', '-un'], user: 'app', stdout: { matches: '^app$' } },
    { run: 'exit 3', exitCode: 3 },
    { run: 'echo $WHO in $PWD', env: { WHO: 'me' }, workingDir: '/etc', stdout: { equals: 'me in /etc' } },
  ])('passes: $run', async (options) => {
    expect(await runCheck(machine, 'command', options)).toMatch(/^passed/);
  });

  it('says what differs', async () => {
    const findings = [
      await runCheck(machine, 'command', { run: 'echo broken >&2; exit 7' }),
      await runCheck(machine, 'command', {
        run: 'printf "a\\033[31mb"',
        stdout: { contains: ['a', 'c'], equals: 'd' },
      }),
      await runCheck(machine, 'command', { run: ['no-such-program'] }),
      await runCheck(machine, 'command', { run: 'sleep 100', timeoutSeconds: 0.5 }),
      await runCheck(machine, 'command', { run: [] }),
    ];
    expect(findings).toMatchInlineSnapshot(`
      [
        "failed: the command: expected exit code 0, found 7, saying "broken"",
        "failed: the command: expected stdout to contain "c", found "a\\u001b[31mb"; expected stdout to be "d", found "a\\u001b[31mb"",
        "failed: the command: expected exit code 0, found 127: no such program",
        "failed: the command: expected exit code 0, but it was still running after 0.5 s",
        "refused: run: Too small: expected array to have >=1 items",
      ]
    `);
  });
});

describe('the file check', () => {
  it.each([
    { path: '/etc/motd', kind: 'file', mode: '0644', owner: 'root', group: 0, size: 23, contains: 'machine' },
    { path: '/etc/motd.link', kind: 'file', matches: '^to the' },
    { path: '/etc/motd.link', kind: 'symlink', target: 'motd' },
    { path: '/tmp', kind: 'directory', mode: '1777' },
    { path: '/etc/none', exists: false },
    { path: '/etc/motd', sha256: '0b77a63889092e930d43e1bb20ec035df88479c0dfad1bfa637b69c6e9c905ea' },
  ])('passes: $path', async (options) => {
    expect(await runCheck(machine, 'file', options)).toMatch(/^passed/);
  });

  it('says what differs', async () => {
    const findings = [
      await runCheck(machine, 'file', { path: '/etc/none' }),
      await runCheck(machine, 'file', { path: '/etc/motd', exists: false }),
      await runCheck(machine, 'file', { path: '/etc/nowhere' }),
      await runCheck(machine, 'file', {
        path: '/tmp',
        kind: 'file',
        mode: '755',
        owner: 'app',
        contains: 'x',
      }),
      await runCheck(machine, 'file', { path: '/etc/motd', contains: 'Goodbye', sha256: '0'.repeat(64) }),
      await runCheck(machine, 'file', { path: '/etc/motd', target: 'x' }),
      await runCheck(machine, 'file', { path: 'motd' }),
    ];
    expect(findings).toMatchInlineSnapshot(`
      [
        "failed: expected /etc/none to exist, but it does not",
        "failed: expected /etc/motd not to exist, but it does (file)",
        "failed: expected /etc/nowhere to exist, but it is a symbolic link to "/no/such/file", which does not exist",
        "failed: /tmp: expected a file, found a directory; expected mode 0755, found 1777; expected owner app, found root (0); expected a file with content, found a directory",
        "failed: /etc/motd: expected the content to contain "Goodbye", found "Welcome\\nto the machine"; expected SHA-256 0000000000000000000000000000000000000000000000000000000000000000, found 0b77a63889092e930d43e1bb20ec035df88479c0dfad1bfa637b69c6e9c905ea",
        "failed: /etc/motd: expected a symbolic link to x, found no link",
        "refused: path: Invalid string: must start with "/"",
      ]
    `);
  });
});

describe('the package check', () => {
  it('tells what is installed, in which version', async () => {
    const findings = [
      await runCheck(machine, 'package', { package: 'nginx', version: '>= 1.22, < 2' }),
      await runCheck(machine, 'package', { package: 'apache2', installed: false }),
      await runCheck(machine, 'package', { package: 'nginx', version: '1.24.x' }),
      await runCheck(machine, 'package', { package: 'apache2' }),
      await runCheck(machine, 'package', { package: 'nginx:amd64', installed: false }),
      await runCheck(machine, 'package', { package: '' }),
    ];
    expect(findings).toMatchInlineSnapshot(`
      [
        "passed: package nginx is installed in version 1.22.1-9+deb12u2",
        "passed: package apache2 is not installed",
        "failed: expected package nginx in version 1.24.x, found 1.22.1-9+deb12u2",
        "failed: expected package apache2 to be installed, but dpkg does not list it",
        "failed: expected package nginx:amd64 not to be installed, found version 1.22.1-9+deb12u2",
        "refused: package: Too small: expected string to have >=1 characters; package: the name of a package",
      ]
    `);
  });
});

describe('the user check', () => {
  it('tells who there is', async () => {
    const findings = [
      await runCheck(machine, 'user', {
        user: 'app',
        uid: 1000,
        gid: 1000,
        groups: ['app'],
        home: '/home/app',
        locked: false,
      }),
      await runCheck(machine, 'user', { user: 'root', locked: true, shell: '/bin/sh' }),
      await runCheck(machine, 'user', { user: 'guest', exists: false }),
      await runCheck(machine, 'user', { user: 'guest' }),
      await runCheck(machine, 'user', {
        user: 'app',
        uid: 1,
        groups: ['sudo'],
        shell: '/bin/bash',
        locked: true,
      }),
      await runCheck(machine, 'user', { user: 'nobody', exists: false }),
      await runCheck(machine, 'user', { user: 'a b' }),
    ];
    expect(findings).toMatchInlineSnapshot(`
      [
        "passed: user app is as expected",
        "passed: user root is as expected",
        "passed: user guest does not exist",
        "failed: expected user guest to exist, but /etc/passwd has none of that name",
        "failed: user app: expected uid 1, found 1000; expected it in sudo, but it is only in app; expected shell /bin/bash, found "/bin/sh"; expected it to be locked, but it is not locked",
        "failed: expected user nobody not to exist, but it does, with uid 65534",
        "refused: user: a name without colons and spaces",
      ]
    `);
  });
});

describe('the service check', () => {
  it('tells what would start at boot', async () => {
    const findings = [
      await runCheck(machine, 'service', { service: 'nginx', enabled: true }),
      await runCheck(machine, 'service', { service: 'getty@tty1.service', enabled: true }),
      await runCheck(machine, 'service', { service: 'ssh', enabled: true }),
      await runCheck(machine, 'service', { service: 'cron', enabled: false }),
      await runCheck(machine, 'service', { service: 'apache2', exists: false }),
      await runCheck(machine, 'service', { service: 'cron', enabled: true }),
      await runCheck(machine, 'service', { service: 'dbus', enabled: true }),
      await runCheck(machine, 'service', { service: 'telnet', enabled: true }),
      await runCheck(machine, 'service', { service: 'nginx', enabled: false }),
      await runCheck(machine, 'service', { service: 'apache2' }),
      await runCheck(machine, 'service', { service: 'nginx', running: true }),
      await runCheck(machine, 'service', { service: '' }),
    ];
    expect(findings).toMatchInlineSnapshot(`
      [
        "passed: unit nginx.service is enabled: by /etc/systemd/system/multi-user.target.wants/nginx.service",
        "passed: unit getty@tty1.service is enabled: by /etc/systemd/system/getty.target.wants/getty@tty1.service",
        "passed: unit ssh.service is enabled: by its alias /etc/systemd/system/sshd.service",
        "passed: unit cron.service is disabled: nothing in /etc/systemd/system wants it",
        "passed: unit apache2.service does not exist",
        "failed: expected unit cron.service to be enabled, but it is disabled: nothing in /etc/systemd/system wants it",
        "failed: expected unit dbus.service to be enabled, but it is static: /lib/systemd/system/dbus.service has no [Install] section",
        "failed: expected unit telnet.service to be enabled, but it is masked: /etc/systemd/system/telnet.service leads to /dev/null",
        "failed: expected unit nginx.service to be disabled, but it is enabled: by /etc/systemd/system/multi-user.target.wants/nginx.service",
        "failed: expected unit apache2.service to exist, but no unit folder has it",
        "blocked: \`running\` of a service test needs a disk output: a container cannot carry it out",
        "refused: service: the name of a systemd unit",
      ]
    `);
  });
});

describe('the checks that need a disk', () => {
  it('prove nothing here, and say so', async () => {
    const findings = [await runCheck(machine, 'reboot', {}), await runCheck(machine, 'boot', {})];
    expect(findings).toMatchInlineSnapshot(`
      [
        "blocked: a reboot test needs a disk output: a container cannot carry it out",
        "blocked: a boot test needs a disk output: a container cannot carry it out",
      ]
    `);
  });
});
