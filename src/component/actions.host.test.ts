import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../platforms/types.ts';
import { createTestMachines, look, runDocument, type TestMachines } from './test-machine.ts';

let machines: TestMachines;
beforeAll(async () => {
  machines = await createTestMachines();
});
afterAll(() => machines.release());

/** Runs one step; `ok`, or why it failed. */
async function act(machine: Machine, action: string, inputs: unknown): Promise<string> {
  const step = JSON.stringify({ name: 'Act', action, inputs });
  const { result } = await runDocument(machine, `      - ${step}\n`);
  return result.failure ? result.failure.message.replace('Act ', '') : 'ok';
}

describe.each(['an image with no program of its own', 'an image with bash'])('file actions on %s', (kind) => {
  let machine: Machine;
  let folder = '';
  let count = 0;
  beforeAll(async () => {
    machine = kind.includes('bash') ? await machines.withBash() : await machines.bare();
  });
  const fresh = async (script = ':') => {
    folder = `/work${++count}`;
    await look(machine, `mkdir -p ${folder} && cd ${folder} && ${script}`);
    return folder;
  };
  const tree = () =>
    look(
      machine,
      `cd ${folder} && find . -mindepth 1 | sort | while read -r f; do stat -c '%n %a %u:%g' "$f"; done`,
    );
  const text = (name: string) => look(machine, `cat ${folder}/${name}`);

  it('CreateFile writes content exactly, with folders, owner and permissions', async () => {
    const at = await fresh();
    const content = 'it\'s $HOME \\n `x` "q" ü %s\n\n-n';
    const inputs = [
      { path: `${at}/a/b/file`, content, permissions: '4750', owner: 12, group: 34 },
      { path: `${at}/-odd 'name`, permissions: 600, owner: 7 },
      { path: `${at}/empty` },
    ];
    expect(await act(machine, 'CreateFile', inputs)).toBe('ok');
    expect(await text('a/b/file')).toBe(content);
    expect(await tree()).toMatchInlineSnapshot(`
      "./-odd 'name 600 7:0
      ./a 755 0:0
      ./a/b 755 0:0
      ./a/b/file 4750 12:34
      ./empty 644 0:0
      "
    `);
  });

  it('CreateFile replaces a file, unless it must not, and never a folder', async () => {
    const at = await fresh('echo old > file; mkdir dir');
    expect(await act(machine, 'CreateFile', [{ path: `${at}/file`, content: 'new' }])).toBe('ok');
    expect(await text('file')).toBe('new');
    expect(await act(machine, 'CreateFile', [{ path: `${at}/file`, overwrite: false }])).toBe(
      `(CreateFile): ${at}/file exists and overwrite is false`,
    );
    expect(await act(machine, 'CreateFile', [{ path: `${at}/dir` }])).toBe(
      `(CreateFile): ${at}/dir is a folder`,
    );
  });

  it('CreateFile, AppendFile, SetFileEncoding and ReadFile know encodings', async () => {
    const at = await fresh();
    const inputs = [
      { path: `${at}/16`, content: 'aé', encoding: 'UTF16' },
      { path: `${at}/16be`, content: 'aé', encoding: 'utf-16-BE' },
      { path: `${at}/32`, content: '🎉', encoding: 'utf-32' },
    ];
    expect(await act(machine, 'CreateFile', inputs)).toBe('ok');
    expect(
      await act(machine, 'AppendFile', [{ path: `${at}/16`, content: 'b', encoding: 'utf-16-le' }]),
    ).toBe('ok');
    expect(await look(machine, `cd ${at}; for f in 16 16be 32; do od -An -tx1 $f; done`)).toBe(
      ' 61 00 e9 00 62 00\n 00 61 00 e9\n 89 f3 01 00\n',
    );
    const read = `      - {name: Read, action: ReadFile, inputs: [{path: ${at}/16, encoding: utf-16}, {path: ${at}/32, encoding: utf32}]}\n`;
    const { result, log } = await runDocument(machine, read);
    expect(result.steps[0]?.outputs).toEqual([{ content: 'aéb' }, { content: '🎉' }]);
    expect(log).toEqual([]);
    await act(machine, 'CreateFile', [{ path: `${at}/plain`, content: 'ü' }]);
    expect(await act(machine, 'SetFileEncoding', [{ path: `${at}/plain`, encoding: 'utf-16' }])).toBe('ok');
    expect(await look(machine, `od -An -tx1 ${at}/plain`)).toBe(' fc 00\n');
  });

  it('AppendFile adds to a file that exists', async () => {
    const at = await fresh('printf a > old');
    expect(await act(machine, 'AppendFile', [{ path: `${at}/old`, content: 'b\n' }])).toBe('ok');
    expect(await text('old')).toBe('ab\n');
    expect(await act(machine, 'AppendFile', [{ path: `${at}/new`, content: 'c' }])).toContain(
      'does not exist',
    );
  });

  it('CreateFolder makes folders and lets existing ones be', async () => {
    const at = await fresh('mkdir there; touch there/file');
    const inputs = [{ path: `${at}/there` }, { path: `${at}/a/b`, permissions: '0700', owner: 5, group: 6 }];
    expect(await act(machine, 'CreateFolder', inputs)).toBe('ok');
    expect(await tree()).toMatchInlineSnapshot(`
      "./a 755 0:0
      ./a/b 700 5:6
      ./there 755 0:0
      ./there/file 644 0:0
      "
    `);
    expect(await act(machine, 'CreateFolder', [{ path: `${at}/there`, overwrite: false }])).toContain(
      'overwrite is false',
    );
  });

  it('CopyFile copies files with their modes, into folders and over files', async () => {
    const at = await fresh(
      'echo 1 > a1; echo 2 > a2; mkdir a3 into; chmod 711 a1; chown 3:4 a1; echo old > there',
    );
    const inputs = [
      { source: `${at}/a1`, destination: `${at}/new/name` },
      { source: `${at}/a1`, destination: `${at}/there` },
      { source: `${at}/a*`, destination: `${at}/into/` },
    ];
    expect(await act(machine, 'CopyFile', inputs)).toBe('ok');
    expect(await tree()).toMatchInlineSnapshot(`
      "./a1 711 3:4
      ./a2 644 0:0
      ./a3 755 0:0
      ./into 755 0:0
      ./into/a1 711 3:4
      ./into/a2 644 0:0
      ./new 755 0:0
      ./new/name 711 3:4
      ./there 711 3:4
      "
    `);
    expect(await text('there')).toBe('1\n');
    expect(await act(machine, 'CopyFile', [{ ...inputs[1], overwrite: false }])).toContain(
      'overwrite is false',
    );
    expect(await act(machine, 'CopyFile', [{ source: `${at}/a3`, destination: `${at}/x` }])).toContain(
      'a3 is a folder',
    );
    expect(await act(machine, 'CopyFile', [{ source: `${at}/z*`, destination: `${at}/x/` }])).toContain(
      'z* does not exist',
    );
  });

  it('MoveFile moves files', async () => {
    const at = await fresh('echo 1 > a; echo 2 > b; echo 3 > b2');
    const inputs = [
      { source: `${at}/a`, destination: `${at}/new/name` },
      { source: `${at}/b*`, destination: `${at}/into/` },
    ];
    expect(await act(machine, 'MoveFile', inputs)).toBe('ok');
    expect(await look(machine, `cd ${at}; find . -type f | sort`)).toBe('./into/b\n./into/b2\n./new/name\n');
  });

  it('CopyFolder and MoveFolder take everything along', async () => {
    const at = await fresh(
      'mkdir -p a/b merged; echo 1 > a/b/file; ln -s file a/b/link; echo 2 > a/.hidden; echo 3 > merged/kept',
    );
    const copies = [
      { source: `${at}/a`, destination: `${at}/copy` },
      { source: `${at}/a/`, destination: `${at}/into/` },
      { source: `${at}/a`, destination: `${at}/merged` },
    ];
    expect(await act(machine, 'CopyFolder', copies)).toBe('ok');
    expect(await act(machine, 'MoveFolder', [{ source: `${at}/a`, destination: `${at}/moved` }])).toBe('ok');
    expect(await look(machine, `cd ${at}; find . ! -type d | sort`)).toMatchInlineSnapshot(`
      "./copy/.hidden
      ./copy/b/file
      ./copy/b/link
      ./into/a/.hidden
      ./into/a/b/file
      ./into/a/b/link
      ./merged/.hidden
      ./merged/b/file
      ./merged/b/link
      ./merged/kept
      ./moved/.hidden
      ./moved/b/file
      ./moved/b/link
      "
    `);
    expect(
      await act(machine, 'MoveFolder', [{ source: `${at}/moved`, destination: `${at}/moved/b/c` }]),
    ).not.toBe('ok');
    expect(
      await act(machine, 'MoveFolder', [{ source: `${at}/moved/b`, destination: `${at}/moved` }]),
    ).toContain('is inside');
  });

  it('DeleteFile deletes what matches, and is content with nothing', async () => {
    const at = await fresh('touch a1 a2 b "a b"; mkdir a3; ln -s /nowhere a4');
    expect(await act(machine, 'DeleteFile', [{ path: `${at}/a*` }, { path: `${at}/gone` }])).toBe('ok');
    expect(await look(machine, `ls ${at}`)).toBe('a3\nb\n');
    expect(await act(machine, 'DeleteFile', [{ path: `${at}/a3` }])).toBe(
      `(DeleteFile): ${at}/a3 is a folder`,
    );
  });

  it('DeleteFolder deletes an empty folder, and a full one with force', async () => {
    const at = await fresh('mkdir -p empty full/x; touch file');
    expect(await act(machine, 'DeleteFolder', [{ path: `${at}/empty` }, { path: `${at}/gone` }])).toBe('ok');
    expect(await act(machine, 'DeleteFolder', [{ path: `${at}/full` }])).not.toBe('ok');
    expect(await act(machine, 'DeleteFolder', [{ path: `${at}/full`, force: 'true' }])).toBe('ok');
    expect(await act(machine, 'DeleteFolder', [{ path: `${at}/file` }])).toContain('is not a folder');
    expect(await look(machine, `ls ${at}`)).toBe('file\n');
  });

  it('SetFile* and SetFolder* set owners and permissions', async () => {
    const at = await fresh('mkdir -p d/e f/g; touch file d/e/x f/g/x');
    expect(await act(machine, 'SetFileOwner', [{ path: `${at}/file`, owner: 1, group: 2 }])).toBe('ok');
    expect(await act(machine, 'SetFilePermissions', [{ path: `${at}/file`, permissions: '0o640' }])).toBe(
      'ok',
    );
    expect(await act(machine, 'SetFolderOwner', [{ path: `${at}/d`, owner: 3, group: 4 }])).toBe('ok');
    expect(await act(machine, 'SetFolderOwner', [{ path: `${at}/f`, owner: 3, recursive: false }])).toBe(
      'ok',
    );
    expect(await act(machine, 'SetFolderPermissions', [{ path: `${at}/d`, permissions: 700 }])).toBe('ok');
    expect(
      await act(machine, 'SetFolderPermissions', [{ path: `${at}/f`, permissions: 711, recursive: false }]),
    ).toBe('ok');
    expect(await tree()).toMatchInlineSnapshot(`
      "./d 700 3:4
      ./d/e 700 3:4
      ./d/e/x 700 3:4
      ./f 711 3:0
      ./f/g 755 0:0
      ./f/g/x 644 0:0
      ./file 640 1:2
      "
    `);
    expect(await act(machine, 'SetFileOwner', [{ path: `${at}/d`, owner: 1 }])).toContain('is a folder');
    expect(await act(machine, 'SetFolderPermissions', [{ path: `${at}/gone`, permissions: 700 }])).toContain(
      'does not exist',
    );
  });

  it('CreateSymlink makes links to what exists', async () => {
    const at = await fresh('touch file; ln -s x old');
    const inputs = [
      { path: `${at}/new/link`, target: `${at}/file` },
      { path: `${at}/rel`, target: 'file' },
      { path: `${at}/old`, target: 'file', force: true },
    ];
    expect(await act(machine, 'CreateSymlink', inputs)).toBe('ok');
    expect(await look(machine, `cd ${at}; for l in new/link rel old; do readlink $l; done`)).toBe(
      `${at}/file\nfile\nfile\n`,
    );
    expect(await act(machine, 'CreateSymlink', [{ path: `${at}/rel`, target: 'file' }])).toContain(
      'is already a link',
    );
    expect(
      await act(machine, 'CreateSymlink', [{ path: `${at}/file`, target: 'rel', force: true }]),
    ).toContain('is not a link');
    expect(await act(machine, 'CreateSymlink', [{ path: `${at}/x`, target: 'gone' }])).toContain(
      'does not exist',
    );
  });

  it('ListFiles lists by pattern', async () => {
    const at = await fresh('mkdir d; touch b.txt a.txt c.md d/e.txt "a[b].txt"');
    const step = {
      name: 'List',
      action: 'ListFiles',
      inputs: [
        { path: at, fileNamePattern: '*.txt' },
        { path: `${at}/`, fileNamePattern: '*.txt', recursive: true },
        { path: at, fileNamePattern: 'a[b]*' },
      ],
    };
    const { result } = await runDocument(machine, `      - ${JSON.stringify(step)}\n`);
    expect(result.steps[0]?.outputs.map((entry) => entry.files?.replaceAll(`${at}/`, ''))).toEqual([
      'a.txt,a[b].txt,b.txt',
      'a.txt,a[b].txt,b.txt,d/e.txt',
      'a[b].txt',
    ]);
  });
});

it('owners are found by name in the image, with their own group', async () => {
  const machine = await machines.withBash();
  expect(
    await act(machine, 'CreateFile', [
      { path: '/a', owner: 'app' },
      { path: '/b', owner: 'app', group: 'staff' },
      { path: '/c', group: 'staff' },
    ]),
  ).toBe('ok');
  expect(await look(machine, 'stat -c %u:%g /a /b /c')).toBe('1234:2345\n1234:50\n0:50\n');
});

it('ExecuteBinary runs a program without a shell, found on PATH or not at all', async () => {
  const machine = await machines.withBash();
  const step = {
    name: 'Run',
    action: 'ExecuteBinary',
    inputs: { path: 'bash', arguments: ['-c', 'echo "$1"', 'x', '$HOME; *'] },
  };
  expect((await runDocument(machine, `      - ${JSON.stringify(step)}\n`)).log).toEqual(['$HOME; *']);
  const absent = { name: 'Run', action: 'ExecuteBinary', inputs: { path: 'absent' } };
  const { result } = await runDocument(machine, `      - ${JSON.stringify(absent)}\n`);
  expect(result.failure).toMatchObject({
    exitCode: 127,
    command: ['absent'],
    hint: expect.stringContaining('not in the image'),
  });
});

it('Reboot goes on with the next step, on an empty /run', async () => {
  const steps = `      - {name: Before, action: ExecuteBash, inputs: {commands: ['echo > /run/x; echo > /kept']}}
      - {name: Reboot, action: Reboot}
      - {name: After, action: ExecuteBash, inputs: {commands: ['[ ! -e /run/x ] && [ -e /kept ]']}}
`;
  expect((await runDocument(await machines.withBash(), steps)).result.status).toBe('success');
});

it('UpdateOS says what it needs where there is no apt', async () => {
  const { result } = await runDocument(await machines.bare(), '      - {name: Update, action: UpdateOS}\n');
  expect(result.failure).toMatchObject({
    message: 'Update (UpdateOS): The image has no package manager.',
    hint: expect.stringContaining('apt only so far'),
  });
});

describe('WebDownload', () => {
  let server: Server;
  let origin = '';
  const asked: string[] = [];
  const body = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
  const sha512 = createHash('sha512').update(body).digest('hex');
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  const get = async (machine: Machine, inputs: unknown) => {
    const step = JSON.stringify({ name: 'Get', action: 'WebDownload', inputs });
    return runDocument(machine, `      - ${step}\n`, { downloading: { allowPrivateHosts: ['127.0.0.1'] } });
  };

  it('puts files into the machine, by name or into a folder, mode 0644', async () => {
    const machine = await machines.bare();
    const { result } = await get(machine, [
      { source: `${origin}/x/pack%20age.deb?a=b`, destination: '/opt/new/' },
      {
        source: `${origin}/x`,
        destination: '/opt/name',
        checksum: sha512.toUpperCase(),
        algorithm: 'sha512',
      },
    ]);
    expect(result.steps[0]?.outputs).toEqual([{ destination: '/opt/new/pack age.deb\n/opt/name' }]);
    expect(
      await look(machine, 'cd /opt; sha512sum name new/* | cut -c1-128; stat -c "%a %u %n" name new/*'),
    ).toBe(`${sha512}\n${sha512}\n644 0 name\n644 0 new/pack age.deb\n`);
  });

  it('does not fetch again what is there with the same checksum, nor overwrite what it must not', async () => {
    const machine = await machines.bare();
    const item = { source: `${origin}/once`, destination: '/once', checksum: sha512, algorithm: 'SHA512' };
    await get(machine, [item]);
    const again = await get(machine, [item]);
    expect(asked.filter((url) => url === '/once')).toHaveLength(1);
    expect(again.log).toEqual(['/once is there already, with this checksum.']);
    const kept = await get(machine, [{ source: `${origin}/other`, destination: '/once', overwrite: false }]);
    expect(kept.result.failure?.message).toBe('Get (WebDownload): /once exists and overwrite is false');
  });

  it('leaves nothing behind when the checksum is another', async () => {
    const machine = await machines.bare();
    const { result } = await get(machine, [
      { source: `${origin}/x`, destination: '/opt/x', checksum: 'a'.repeat(64), algorithm: 'SHA256' },
    ]);
    expect(result.failure).toMatchObject({ code: 'DOWNLOAD_REFUSED' });
    expect(await look(machine, 'ls /opt 2>/dev/null')).toBe('');
  });
});
