import { rename, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '../src/host/host.ts';
import type { Image } from '../src/model/image.ts';
import { output } from '../src/support/process.ts';
import { startVirtualMachine } from '../src/vm/start.ts';
import { openWorkspace, smallRecipe, type Workspace } from './support/workspace.ts';

let space: Workspace;

/** Four boots in one test without KVM, on a host that others use too. */
const bootMinutes = 40;
const gibibyte = 2 ** 30;

beforeAll(async () => {
  space = await openWorkspace('disk');
});

afterAll(() => space.remove());

const recipe = `
name: machine
version: 1.0.x
base: debian:bookworm
components:
  - name: bootable-linux
    parameters: { SignedGrub: "yes", SystemdBoot: "yes" }
  - name: page
    steps:
      - run: |
          apt-get update -q && apt-get install -q -y --no-install-recommends nginx-light
          echo '<h1>Hello</h1>' > /var/www/html/index.html
          echo secret > /root/.bash_history
          mkdir -p /home/somebody/.ssh && useradd --home-dir /home/somebody somebody
          echo 'ssh-ed25519 AAAA' > /home/somebody/.ssh/authorized_keys
outputs: [qcow2, raw]
disk:
  headroom: 256MiB
  swap: 64MiB
  partitions:
    - { mountPoint: /home, size: 32MiB, options: [nodev] }
    - { mountPoint: /var, headroom: 128MiB }
tests:
  - { name: boots, type: boot }
  - { name: serves, type: http, body: { contains: Hello } }
  - { name: nginx, type: service, service: nginx, running: true }
  - { name: no keys, type: file, path: /home/somebody/.ssh/authorized_keys, exists: false }
  - { name: no history, type: file, path: /root/.bash_history, exists: false }
`;

/** Of the same tree, as is the next. */
const secure = recipe
  .replace('machine', 'secure')
  .replace(/outputs(.|\n)*/, '')
  .concat(`outputs: [qcow2]
disk: { headroom: 256MiB, firmware: [uefi], filesystem: xfs, secureBoot: true }
tests:
  - { name: boots, type: boot }
  - name: is locked
    type: command
    run: grep -F '[integrity]' /sys/kernel/security/lockdown && od -An -tu1 -j4 /sys/firmware/efi/efivars/SecureBoot-* | grep -w 1 && findmnt --types xfs /
`);

const unified = secure
  .replace('secure', 'unified')
  .replace('outputs:', '  - name: cloud-init\noutputs:')
  .replace('filesystem: xfs, secureBoot: true', 'boot: systemd-boot, filesystem: btrfs')
  .replace(
    / {2}- name: is(.|\n)*/,
    `  - name: is set up
    type: command
    run: grep -F NoCloud /run/cloud-init/result.json && id debian && findmnt --types btrfs /
  - { name: restarts, type: reboot }
  - { name: still boots, type: boot }
`,
  );

describe('a recipe with disk outputs', () => {
  it(
    'makes disks that boot with BIOS and with UEFI, and serve',
    async () => {
      await space.write('recipe.yaml', recipe);
      const built = await space.gild(['build', 'recipe.yaml', '--output', 'dist']);
      expect(built.exitCode, built.stderr + built.stdout).toBe(0);
      const image = await inspect();
      expect(image.verdicts.map(({ name, status }) => `${name}: ${status}`)).toEqual([
        'bootable-linux (component) (BIOS): passed',
        'boots (BIOS): passed',
        'serves (BIOS): passed',
        'nginx (BIOS): passed',
        'no keys (BIOS): passed',
        'no history (BIOS): passed',
        'boots (UEFI): passed',
      ]);
      const raw = `${space.folder}/dist/machine-1.0.0.raw`;
      await output(['sfdisk', '--verify', raw]);
      await output(['qemu-img', 'compare', '-f', 'raw', '-F', 'qcow2', raw, raw.replace(/raw$/, 'qcow2')]);
    },
    bootMinutes * 60_000,
  );

  it(
    'makes disks that grow without a network, and swap, and have what is mounted where it belongs',
    async () => {
      const path = join(space.home, 'grown.raw');
      await rename(join(space.folder, 'dist/machine-1.0.0.raw'), path);
      await truncate(path, 4 * gibibyte);
      const vm = await startVirtualMachine(createHost({ home: space.home }), {
        disk: { path, format: 'raw' },
        firmware: 'bios',
        memory: gibibyte,
        cpus: 2,
        network: 'off',
        ports: [],
      });
      try {
        await vm.waitForLogin(bootMinutes * 60_000);
        const said: Buffer[] = [];
        const { exitCode } = await vm.machine.run({
          argv: ['sh', '-c', lookAround],
          onStdout: (chunk) => void said.push(chunk),
        });
        const [root = '', ...others] = Buffer.concat(said).toString().trim().split('\n');
        expect(exitCode).toBe(0);
        expect(Number(root)).toBeGreaterThan(3 * gibibyte);
        expect(others).toEqual([
          `swap ${64 * 2 ** 20 - 4096}`,
          expect.stringMatching(/^\/home ext4 rw,nodev,/),
          expect.stringMatching(/^\/var ext4 rw,/),
        ]);
      } finally {
        await vm.close();
      }
    },
    bootMinutes * 60_000,
  );

  it(
    'makes a disk that boots where the firmware takes only what is signed',
    async () => {
      await space.write('secure.yaml', secure);
      const built = await space.gild(['build', 'secure.yaml']);
      expect(built.exitCode, built.stderr + built.stdout).toBe(0);
      expect(built.stderr + built.stdout).toContain('UEFI with Secure Boot');
    },
    bootMinutes * 60_000,
  );

  it('leaves its packages to other builds, which fetch none of them, and to no layer', async () => {
    await space.write(
      'other.yaml',
      `
name: other
version: 1.0.x
base: debian:bookworm
components:
  - name: server
    steps:
      - run: apt-get update -q && apt-get install -q -y --no-install-recommends nginx-light hello
outputs: [rootfs]
`,
    );
    const { exitCode, stderr } = await space.gild(['build', 'other.yaml', '--output', 'dist']);
    expect(exitCode, stderr).toBe(0);
    const fetched = [...stderr.matchAll(/Get:\d+ \S+ \S+ \S+ (\S+) (?:amd64|all) \S/g)];
    expect(fetched.map(([, name]) => name)).toEqual(['hello']);
    const rootfs = `${space.folder}/dist/other-1.0.0.tar.zst`;
    expect(await output(['tar', '--zstd', '-tf', rootfs])).not.toMatch(/\.deb$|lib\/apt\/lists\/./m);
  });

  it(
    'makes a disk of btrfs whose kernel is one program for UEFI, and which cloud-init sets up at the first boot',
    async () => {
      await space.write('unified.yaml', unified);
      const built = await space.gild(['build', 'unified.yaml']);
      const said = built.stderr + built.stdout;
      expect(built.exitCode, said).toBe(0);
      expect(said).toMatch(/still boots \(UEFI\): .*no unit failed/);
    },
    bootMinutes * 60_000,
  );

  it('says what a tree lacks that would not boot, before it makes a disk', async () => {
    const document =
      'schemaVersion: 1.0\nparameters: [{SignedGrub: {type: string, default: "no"}}, {SystemdBoot: {type: string, default: "no"}}]\nphases: [{name: build, steps: [{name: None, action: ExecuteBash, inputs: {commands: ["true"]}}]}]\n';
    await space.write('components/bootable-linux/9.0.0.yaml', document);
    await space.write(
      'bare.yaml',
      'name: bare\nversion: 1.0.0\nbase: ./base.tar\nnetwork: off\noutputs: [raw]\n',
    );
    const { exitCode, stderr } = await space.gild(['build', 'bare.yaml']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('A disk of this image would not boot: it has no');
    expect(await refusal({ secureBoot: true })).toContain(
      'has no signed shim, /usr/lib/shim/shimx64.efi.signed',
    );
    expect(await refusal({ boot: 'uki' })).toContain('has no stub for kernel images');
    const loaders = [
      'shim/shimx64.efi.signed',
      'shim/mmx64.efi',
      'grub/x86_64-efi-signed/grubx64.efi.signed',
    ];
    const withLoaders = await refusal({ secureBoot: true }, loaders);
    expect(withLoaders).toContain('its kernel, /boot/vmlinuz-1, is not signed');
  });
});

/** Of a tree with a kernel, and with files in /usr/lib. */
async function refusal(disk: object, files: readonly string[] = []): Promise<string> {
  const paths = ['/boot/vmlinuz-1', ...files.map((path) => `/usr/lib/${path}`)];
  const contents = paths.map((to) => ({ content: 'no program', to }));
  await space.write('refused.yaml', smallRecipe({ outputs: ['raw'], disk, files: contents }));
  const { exitCode, stderr } = await space.gild(['build', 'refused.yaml']);
  expect(exitCode).toBe(2);
  return stderr;
}

/** Waits until systemd is done, and says what it came to; units that failed would be among the lines. */
const lookAround = `
systemctl is-system-running --wait > /dev/null
findmnt --noheadings --bytes --output SIZE / | tr -d ' '
systemctl --failed --no-legend --plain
echo "swap $(swapon --show=SIZE --noheadings --bytes)"
for path in /home /var; do findmnt --raw --noheadings --output TARGET,FSTYPE,OPTIONS $path; done
`;

async function inspect(): Promise<Image> {
  return JSON.parse((await space.gild(['inspect', 'machine', '--json'])).stdout) as Image;
}
