import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../platforms/types.ts';
import { output } from '../support/process.ts';
import { createTestMachines, look, runDocument, type TestMachines } from './test-machine.ts';

/**
 * apt, dnf, zypper and pacman are real, from Debian, and so are their repositories, which are folders of the machine.
 * apk and yum are not to be had there: a program under their name writes down how it was called.
 */
let machines: TestMachines;
let machine: Machine;
beforeAll(async () => {
  machines = await createTestMachines();
  const tar = join(machines.home, 'debian.tar');
  const packages = 'dnf,zypper,pacman-package-manager,makepkg,createrepo-c,rpm,libarchive-tools,zstd';
  await output(['mmdebstrap', '--mode=unshare', '--variant=apt', `--include=${packages}`, 'bookworm', tar]);
  machine = await machines.on(tar, { network: 'on' });
});
afterAll(() => machines.release());

async function update(inputs: unknown) {
  return runDocument(machine, `      - ${JSON.stringify({ name: 'Update', action: 'UpdateOS', inputs })}\n`);
}

/** Runs a script with the programs of the image, which must succeed. */
async function inImage(script: string): Promise<string> {
  const chunks: Buffer[] = [];
  const collect = (chunk: Buffer) => void chunks.push(chunk);
  const { exitCode } = await machine.run({
    argv: ['sh', '-euc', script],
    onStdout: collect,
    onStderr: collect,
  });
  const text = Buffer.concat(chunks).toString();
  expect([exitCode, text]).toEqual([0, text]);
  return text;
}

const become = (id: string) => inImage(`printf 'ID=${id}\\n' > /etc/os-release`);

describe('with apt', () => {
  it('installs what is included, without what is only recommended', async () => {
    const { result } = await update({ include: ['hello', 'gone-by', 'gone'], exclude: ['gone*'] });
    expect(result.failure).toBeUndefined();
    expect(await look(machine, '/usr/bin/hello')).toContain('Hello, world!');
  });

  it('brings everything up to date but what is excluded, and leaves no trace of how', async () => {
    const state = 'cat /var/lib/dpkg/status | md5sum; ls -R /etc/apt | md5sum';
    const before = await look(machine, state);
    const { result } = await update({ exclude: ['libc6', 'linux-*'] });
    expect(result.failure).toBeUndefined();
    expect((await update({ include: ['hell*'] })).result.failure).toBeUndefined();
    expect(await look(machine, state)).toBe(before);
  });

  it('installs a version that is written with an asterisk', async () => {
    await inImage('dpkg --remove hello');
    expect((await update({ include: ['hello=*'] })).result.failure).toBeUndefined();
    expect(await look(machine, '/usr/bin/hello')).toContain('Hello, world!');
  });

  it('does nothing where all that is included is excluded', async () => {
    const { result, log } = await update({ include: ['hello'], exclude: ['h*o'] });
    expect([result.status, log.length]).toEqual(['success', 1]);
  });

  it('fails with what apt-get said', async () => {
    const { result } = await update({ include: ['no-such-package-at-all'] });
    expect(result.failure).toMatchObject({
      message: 'Update (UpdateOS): apt-get: exit status 100',
      exitCode: 100,
    });
    expect(result.failure?.lastLines?.join('\n')).toContain(
      'Unable to locate package no-such-package-at-all',
    );
  });

  it('refuses what is no name of a package', async () => {
    const { result } = await update({ include: ['$(reboot)'] });
    expect(result.failure?.message).toContain('is not the name of a package');
  });

  it('restarts the machine where a package asks for it', async () => {
    await inImage('touch /run/reboot-required');
    const { log } = await update({ include: ['hello'] });
    expect(log.at(-1)).toContain('the machine restarts');
    expect(await look(machine, 'ls /run/reboot-required 2>&1')).toContain('No such file');
  });
});

describe('with rpm', () => {
  beforeAll(async () => {
    await inImage(`mkdir -p /etc/rpm; echo '%_dbpath /var/lib/rpm' > /etc/rpm/macros; rpm --initdb
mkdir -p /repo /etc/yum.repos.d /etc/zypp/repos.d /etc/dnf
for name in one two other; do for version in 1 2; do
  printf 'Name: %s\\nVersion: %s\\nRelease: 1\\nSummary: x\\nLicense: MIT\\nBuildArch: noarch\\n%%description\\nx\\n%%files\\n' $name $version > /$name.spec
  rpmbuild -bb --quiet --define '_rpmdir /repo' /$name.spec
done; done
createrepo_c -q /repo
printf '[local]\\nname=local\\nbaseurl=file:///repo\\nenabled=1\\ngpgcheck=0\\nrepo_gpgcheck=0\\n' > /etc/yum.repos.d/local.repo
cp /etc/yum.repos.d/local.repo /etc/zypp/repos.d/local.repo`);
  });
  const fresh = () =>
    inImage(
      'rpm -e one two other 2> /dev/null || :; rpm -U --oldpackage --replacepkgs /repo/noarch/one-1-1.noarch.rpm /repo/noarch/two-1-1.noarch.rpm',
    );
  const installed = async () =>
    (await inImage("rpm -qa --queryformat '%{name}-%{version}\\n' | sort")).trim().split('\n');

  describe.each(['dnf', 'zypper'])('and %s', (manager) => {
    beforeAll(() => become(manager === 'dnf' ? 'fedora' : 'opensuse-leap\nID_LIKE="suse opensuse"'));

    it('brings everything up to date but what is excluded', async () => {
      await fresh();
      const { result, log } = await update({ exclude: ['t*'] });
      expect(result.failure, log.join('\n')).toBeUndefined();
      expect(await installed(), log.join('\n')).toEqual(['one-2', 'two-1']);
      expect(await look(machine, 'cat /etc/zypp/locks 2>/dev/null')).toBe('');
      expect((await update(undefined)).result.failure).toBeUndefined();
      expect(await installed()).toEqual(['one-2', 'two-2']);
    });

    it('installs and updates what is included, and what a pattern matches if it is there', async () => {
      await fresh();
      const { result, log } = await update({ include: ['other', 'one'] });
      expect(result.failure, log.join('\n')).toBeUndefined();
      expect(await installed(), log.join('\n')).toEqual(['one-2', 'other-2', 'two-1']);
      await fresh();
      expect((await update({ include: ['o*'] })).result.failure).toBeUndefined();
      expect(await installed()).toEqual(['one-2', 'two-1']);
    });

    it('fails with what it said', async () => {
      const { result } = await update({ include: ['no-such-package'] });
      expect(result.failure?.message).toMatch(new RegExp(`${manager}: exit status \\d+`));
    });
  });
});

describe('with pacman', () => {
  beforeAll(async () => {
    await become('arch');
    await inImage(`mkdir -p /arch && cd /arch
for name in one two other; do for version in 1 2; do
  printf 'pkgname = %s\\npkgbase = %s\\npkgver = %s-1\\npkgdesc = x\\nsize = 1\\narch = any\\n' $name $name $version > .PKGINFO
  bsdtar --zstd -cf $name-$version-1-any.pkg.tar.zst .PKGINFO
done; done
rm .PKGINFO
repo-add -q gild.db.tar.gz one-2*.zst two-2*.zst other-2*.zst
printf '[options]\\nArchitecture = auto\\nSigLevel = Never\\n[gild]\\nServer = file:///arch\\n' > /etc/pacman.conf`);
  });
  const fresh = () =>
    inImage(
      'pacman -R --noconfirm one two other > /dev/null 2>&1 || pacman -R --noconfirm one two > /dev/null 2>&1 || :; pacman -U --noconfirm /arch/one-1*.zst /arch/two-1*.zst > /dev/null',
    );
  const installed = async () => (await inImage('pacman -Q')).trim().split('\n');

  it('brings everything up to date but what is excluded', async () => {
    await fresh();
    const { result, log } = await update({ exclude: ['two'] });
    expect(result.failure, log.join('\n')).toBeUndefined();
    expect(await installed()).toEqual(['one 2-1', 'two 1-1']);
  });

  it('installs and updates what is included, and what a pattern matches if it is there', async () => {
    await fresh();
    const { result, log } = await update({ include: ['other', 't*'] });
    expect(result.failure, log.join('\n')).toBeUndefined();
    expect(await installed()).toEqual(['one 1-1', 'other 2-1', 'two 2-1']);
  });

  it('fails with what it said', async () => {
    const { result } = await update({ include: ['no-such-package'] });
    expect(result.failure?.message).toContain('pacman: exit status 1');
  });
});

describe.each(['apk', 'yum'])('a program in place of %s is called', (name) => {
  beforeAll(async () => {
    await become(name === 'apk' ? 'alpine' : 'other');
    if (name === 'yum') await inImage('mkdir -p /away; mv /usr/bin/apt-get /usr/bin/dnf* /away/');
    await inImage(`cat > /usr/bin/${name} <<'END'
#!/bin/sh
echo "${name} $*" >> /calls
if [ "$*" = 'list --upgradable' ]; then
  echo 'busybox-1.36.1-r5 x86_64 {busybox} (GPL-2.0-only) [upgradable from: busybox-1.36.1-r2]'
  echo 'musl-utils-1.2.4-r2 x86_64 {musl} (MIT) [upgradable from: musl-utils-1.2.4-r1]'
fi
END
chmod +x /usr/bin/${name}; rm -f /calls`);
  });
  const calls = async (inputs: unknown) => {
    await inImage(': > /calls');
    expect((await update(inputs)).result.failure).toBeUndefined();
    return (await inImage('cat /calls')).trim().split('\n');
  };

  it('for everything, for what is included, and without what is excluded', async () => {
    const all = await calls(undefined);
    const without = await calls({ exclude: ['musl*'] });
    const some = await calls({ include: ['curl', 'busy*'], exclude: ['musl*'] });
    const expected =
      name === 'apk'
        ? [
            ['apk update', 'apk upgrade'],
            ['apk update', 'apk list --upgradable', 'apk upgrade busybox'],
            ['apk update', 'apk list --upgradable', 'apk upgrade busybox', 'apk add --upgrade curl'],
          ]
        : [
            ['yum -y clean expire-cache', 'yum -y update'],
            ['yum -y clean expire-cache', 'yum -y --exclude=musl* update'],
            [
              'yum -y clean expire-cache',
              'yum -y --exclude=musl* update busy*',
              'yum -y --exclude=musl* install curl',
            ],
          ];
    expect([all, without, some]).toEqual(expected);
  });
});
