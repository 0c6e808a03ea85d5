import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Image } from '../src/model/image.ts';
import { gild, temporaryFolder } from './support/gild.ts';
import { makeDeb, makeTarGz, makeZip, openVendorMirror, type VendorMirror } from './support/vendor-mirror.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let mirror: VendorMirror;

beforeAll(async () => {
  folder = await temporaryFolder('library');
  mirror = await openVendorMirror(folder.path);
});
afterAll(async () => {
  await mirror.close();
  await folder.remove();
});

type Use = string | { readonly name: string; readonly parameters: Readonly<Record<string, string>> };

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGVzdGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRl';

/** What makes a server of a system; the tests of the machine itself come last. */
const system: readonly Use[] = [
  'hello-world-linux',
  'update-linux',
  'timezone-locale',
  'journald',
  'sysctl',
  { name: 'swap', parameters: { SizeMegabytes: '8' } },
  'nftables',
  'auditd',
  'chrony',
  'unattended-upgrades',
  'ssh-hardening',
  { name: 'user', parameters: { Name: 'deploy', Sudo: 'yes', AuthorizedKey: `${key} test` } },
  'fail2ban',
  'qemu-guest-agent',
  'cloud-init',
  'ca-certificates',
  'prometheus-node-exporter',
  { name: 'install-package-from-repository', parameters: { Package: 'tree' } },
  { name: 'stig-build-linux', parameters: { InstallPackages: 'Yes', SetDoDConsentBanner: 'Yes' } },
  'reboot-linux',
  'reboot-test-linux',
  'simple-boot-test-linux',
  'bootable-linux',
  'apt-repository-test-linux',
  { name: 'chrony-time-configuration-test', parameters: { Source: '2.debian.pool.ntp.org' } },
  'validate-ssh-host-key-generation-linux',
  { name: 'validate-ssh-public-key-linux', parameters: { User: 'deploy', PublicKey: key, Only: 'yes' } },
];

const services: readonly Use[] = [
  'nginx',
  'nodejs',
  'python-3-linux',
  'php-8-2-linux',
  'mariadb-linux',
  'postgresql',
  'redis',
  { name: 'haproxy', parameters: { Port: '8000' } },
  { name: 'openjdk', parameters: { Release: '17' } },
  'apache-tomcat-10-linux',
  { name: 'docker', parameters: { User: 'www-data' } },
];

const fromPublishers = [
  'amazon-cloudwatch-agent-linux',
  'amazon-corretto-linux',
  'apt-repository',
  'aws-cli-version-2-linux',
  'docker-ce-linux',
  'go-stable-linux',
  'powershell-lts-linux',
  'yum-repository-test-linux',
];

describe('the shipped components', () => {
  it('are all tested here', () => {
    const names = [...system, ...services, ...fromPublishers].map(nameOf).sort();
    const shipped = readdirSync(join(import.meta.dirname, '../components'), { withFileTypes: true });
    expect(names).toEqual(
      shipped
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort(),
    );
  });

  it.concurrent('make a server of Debian 12 and pass their tests on a fresh machine', async () => {
    expect(verdicts(await build('system', { components: system }))).toEqual(passed(system));
  }, 2_400_000);

  it.concurrent('install services on Debian 12 and pass their tests on a fresh machine', async () => {
    expect(verdicts(await build('services', { components: services }))).toEqual(passed(services));
  }, 2_400_000);
});

describe('a component that calls apt', () => {
  it('installs the same again, from the lock file alone', async () => {
    const own = await temporaryFolder('locked');
    const home = join(folder.path, 'home');
    const recipe = join(own.path, 'recipe.json');
    const commands = [
      'apt-get update',
      'apt-get install -y --no-install-recommends tree hello',
      'apt-get purge -y tree',
    ];
    const components = [{ name: 'tools', steps: [{ run: commands }] }];
    const outputs = ['rootfs'];
    await writeFile(recipe, JSON.stringify({ name: 'locked', version: '1.0.x', components, outputs }));
    const made = async (...flags: readonly string[]) => {
      const { exitCode, stdout, stderr } = await gild(home, ['build', recipe, '--progress=plain', ...flags]);
      expect(exitCode, stderr.slice(-3000)).toBe(0);
      return { said: stdout + stderr, artifacts: `${stdout}${stderr}`.match(/\[artifact\] .*/g) };
    };
    expect(await gild(home, ['lock', recipe])).toMatchObject({ exitCode: 0 });
    const first = await made();
    const again = await made('--frozen', '--from', 'tools');
    expect(again.said).toContain('held to 2 packages of the lock file');
    expect(again.artifacts?.map(contentOf)).toEqual(first.artifacts?.map(contentOf));
    await own.remove();
  }, 600_000);
});

describe('components that install from a publisher', () => {
  it('install what the publisher signed, from a mirror', async () => {
    await fillMirror();
    const repositories = { from: mirror.folder, to: '/srv/mirror' };
    const components = publisherUses();
    const image = await build('publishers', { files: [repositories, ...yumRepository()], components });
    expect(verdicts(image)).toEqual(passed(components.filter((use) => nameOf(use) !== 'dnf')));
  }, 1_200_000);

  it('refuse a key that is not the one that was named', async () => {
    const [agent] = publisherUses().filter((use) => nameOf(use) === 'amazon-cloudwatch-agent-linux');
    const { exitCode, stderr } = await tryBuild('wrong-key', {
      components: [withOwn(agent, { Fingerprint: '0'.repeat(40) })],
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`is not ${'0'.repeat(40)}`);
  }, 600_000);

  it('refuse what was changed after it was signed, and what has another checksum', async () => {
    const [agent] = publisherUses().filter((use) => nameOf(use) === 'amazon-cloudwatch-agent-linux');
    const other = await tryBuild('other', { components: [withOwn(agent, { Checksum: '0'.repeat(64) })] });
    expect(other.exitCode).toBe(1);
    expect(other.stderr).toContain('FAILED');
    await writeFile(join(mirror.folder, 'agent.deb'), 'something else');
    const changed = await tryBuild('changed', { components: [withOwn(agent, {})] });
    expect(changed.exitCode).toBe(1);
    expect(changed.stderr).toContain('BAD signature');
  }, 600_000);
});

describe('a test of the machine', () => {
  it('fails when an SSH host key comes from the image', async () => {
    const phases = [
      { name: 'test', steps: [{ name: 'Old', action: 'ExecuteBash', inputs: { commands: [oldKey] } }] },
    ];
    await writeFile(join(folder.path, 'old-key.json'), JSON.stringify({ schemaVersion: '1.0', phases }));
    const { exitCode, stderr } = await tryBuild('shared-key', {
      components: [{ path: 'old-key.json' }, 'validate-ssh-host-key-generation-linux'],
    });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('every machine from the image has it')]);
  }, 600_000);
});

/** Of a line about an artifact, whose name has the version. */
function contentOf(line: string): string | undefined {
  return /sha256:\w+/.exec(line)?.[0];
}

const oldKey = 'mkdir -p /etc/ssh && touch -d 2000-01-01 /etc/ssh/ssh_host_ed25519_key';

/** Everything that the components look for at their publishers. */
async function fillMirror(): Promise<void> {
  const { path } = folder;
  const says = (text: string) => `#!/bin/sh\necho '${text}'\n`;
  const wanted = 'etc/systemd/system/multi-user.target.wants/docker.service';
  const docker = await Promise.all([
    makeDeb(path, 'docker-ce', { 'usr/bin/dockerd': says('Docker version 1.0'), [wanted]: '[Unit]\n' }, [
      'Depends: docker-ce-cli, containerd.io',
    ]),
    makeDeb(path, 'docker-ce-cli', { 'usr/bin/docker': says('Docker version 1.0') }),
    ...['containerd.io', 'docker-buildx-plugin', 'docker-compose-plugin'].map((name) =>
      makeDeb(path, name, {}),
    ),
  ]);
  const corretto = await makeDeb(path, 'java-21-amazon-corretto-jdk', {
    'usr/bin/java':
      '#!/bin/sh\necho \'openjdk version "21.0.1" OpenJDK Runtime Environment Corretto-21.0.1\' >&2\n',
    'usr/bin/javac': says('javac 21.0.1'),
  });
  const powershell = await makeDeb(path, 'powershell-lts', { 'usr/bin/pwsh': says('42') });
  const tool = await makeDeb(path, 'acme-tool', { 'usr/bin/acme': says('acme') });
  await mirror.repository('docker/debian', 'bookworm', 'stable', docker);
  await mirror.repository('corretto', 'stable', 'main', [corretto]);
  await mirror.repository('microsoft/debian/12/prod', 'bookworm', 'main', [powershell]);
  await mirror.repository('acme', 'bookworm', 'main', [tool]);
  const agent = await makeDeb(path, 'amazon-cloudwatch-agent', {
    'opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent': says('agent'),
    'opt/aws/amazon-cloudwatch-agent/etc/README': 'configuration\n',
  });
  await mirror.sign('agent.deb', await readFile(agent), '.sig');
  const installer = `#!/bin/bash\nmkdir -p /usr/local/aws-cli\nprintf '#!/bin/sh\\necho aws-cli/2.15.30 Python/3\\n' > /usr/bin/aws\nchmod 0755 /usr/bin/aws\n`;
  const machine = process.arch === 'arm64' ? ['aarch64', 'arm64'] : ['x86_64', 'amd64'];
  await mirror.sign(
    `awscli-exe-linux-${machine[0]}-2.15.30.zip`,
    makeZip({ 'aws/install': installer }),
    '.sig',
  );
  const go = { 'go/bin/go': says(`go version go1.27.4 linux/${machine[1]}`), 'go/bin/gofmt': says('gofmt') };
  await mirror.sign(`go1.27.4.linux-${machine[1]}.tar.gz`, await makeTarGz(path, 'go', go), '.asc');
}

function publisherUses(): Use[] {
  const trust = { KeyUrl: `${mirror.url}/key.asc`, Fingerprint: mirror.fingerprint };
  const use = (name: string, own: Readonly<Record<string, string>>) => ({
    name,
    parameters: { ...trust, ...own },
  });
  return [
    use('apt-repository', { Name: 'acme', Uri: 'file:/srv/mirror/acme', Packages: 'acme-tool' }),
    use('docker-ce-linux', { Repository: 'file:/srv/mirror/docker' }),
    use('amazon-corretto-linux', { Repository: 'file:/srv/mirror/corretto' }),
    use('powershell-lts-linux', { Repository: 'file:/srv/mirror/microsoft' }),
    use('amazon-cloudwatch-agent-linux', {
      Source: `${mirror.url}/agent.deb`,
      Configuration: '{"agent":{}}',
    }),
    use('aws-cli-version-2-linux', { Source: mirror.url, Version: '2.15.30' }),
    use('go-stable-linux', { Source: mirror.url }),
    { name: 'install-package-from-repository', parameters: { Package: 'dnf' } },
    { name: 'yum-repository-test-linux', parameters: { Package: 'stand-in' } },
  ];
}

/** A repository of one package, as metadata alone: nothing is installed from it. */
function yumRepository() {
  const primary = `<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="1">
<package type="rpm"><name>stand-in</name><arch>noarch</arch><version epoch="0" ver="1.0" rel="1"/>
<checksum type="sha256" pkgid="YES">${'0'.repeat(64)}</checksum><summary>stand-in</summary><description/><packager/><url/>
<time file="1" build="1"/><size package="1" installed="1" archive="1"/><location href="stand-in-1.0-1.noarch.rpm"/>
<format><rpm:license>none</rpm:license></format></package></metadata>
`;
  const hash = createHash('sha256').update(primary).digest('hex');
  const index = `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision><data type="primary">
<checksum type="sha256">${hash}</checksum><open-checksum type="sha256">${hash}</open-checksum>
<location href="repodata/primary.xml"/><timestamp>1</timestamp><size>${primary.length}</size></data></repomd>
`;
  const source = '[stand-in]\nname=stand-in\nbaseurl=file:///srv/rpm\ngpgcheck=0\nenabled=1\n';
  return [
    { content: primary, to: '/srv/rpm/repodata/primary.xml' },
    { content: index, to: '/srv/rpm/repodata/repomd.xml' },
    { content: source, to: '/etc/yum.repos.d/stand-in.repo' },
  ];
}

function withOwn(use: Use | undefined, own: Readonly<Record<string, string>>): Use {
  if (use === undefined || typeof use === 'string') throw new Error('no such use');
  return { ...use, parameters: { ...use.parameters, ...own } };
}

function nameOf(use: Use): string {
  return typeof use === 'string' ? use : use.name;
}

function verdicts(image: Image): string[] {
  return image.verdicts.map(({ name, status, message }) =>
    status === 'passed' ? `${name} passed` : `${name} ${status}: ${message}`,
  );
}

function passed(uses: readonly Use[]): string[] {
  return uses.map((use) => `${nameOf(use)} (component) passed`);
}

async function tryBuild(name: string, recipe: object) {
  const file = join(folder.path, `${name}.json`);
  await writeFile(file, JSON.stringify({ name, version: '1.0.0', ...recipe }));
  return gild(join(folder.path, 'home'), ['build', file], { GILD_ALLOW_PRIVATE_HOSTS: '127.0.0.1' });
}

async function build(name: string, recipe: object): Promise<Image> {
  const { exitCode, stdout, stderr } = await tryBuild(name, recipe);
  const said = `${stdout}\n${stderr}`.split('\n');
  const failures = said.flatMap((line, at) =>
    /FAILED| failed/.test(line) ? said.slice(Math.max(0, at - 8), at + 1) : [],
  );
  expect(exitCode, [...failures, ...said.slice(-20)].join('\n')).toBe(0);
  const inspected = await gild(join(folder.path, 'home'), ['inspect', name, '--json']);
  return JSON.parse(inspected.stdout) as Image;
}
