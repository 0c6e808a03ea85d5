import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestbed, type Testbed } from '../checks/test-machine.ts';
import type { Machine } from '../platforms/types.ts';
import { sanitiseItems } from './items.ts';
import { remains, sanitise } from './sanitise.ts';

let testbed: Testbed;
let machine: Machine;

beforeAll(async () => {
  const passwd =
    'root:x:0:0::/root:/bin/sh\nsomebody:x:1000:1000::/srv/somebody:/bin/sh\nodd:x:1::/:/bin/sh\n';
  testbed = await openTestbed({ files: { 'etc/passwd': passwd } });
  machine = await testbed.start();
  await sh(all.map((path) => `mkdir -p "$(dirname ${path})"; echo x > ${path}`).join('\n'));
  await sh('echo mine > /srv/somebody/notes; echo mine > /var/log/reports; ln -s /etc/passwd /tmp/link');
});

afterAll(async () => {
  await machine?.close();
  await testbed?.close();
});

describe('the clean-up of a disk', () => {
  it('finds all that belongs to one machine, with the item that it is of', async () => {
    const found = await remains(machine, { keep: [] });
    for (const { name, paths } of examples)
      for (const path of paths) expect(found).toContain(`${name}: ${path}`);
  });

  it('leaves what it is told to keep, and takes out the rest', async () => {
    const keep = ['credentials', 'machine-id'];
    await sanitise(machine, { keep });
    expect(await remains(machine, { keep })).toEqual([]);
    const kept = examples.filter(({ name }) => keep.includes(name)).flatMap(({ paths }) => paths);
    const left = await sh(`for path in ${all.join(' ')}; do [ ! -s $path ] || echo $path; done`);
    expect(left.trim().split('\n').sort()).toEqual(kept.sort());
  });

  it('keeps empty what programs want to be there, and touches nothing else', async () => {
    expect(await sh('wc -c < /var/log/messages; cat /srv/somebody/notes /var/log/reports')).toBe(
      '0\nmine\nmine\n',
    );
    expect(await sh('wc -l < /etc/passwd')).toBe('3\n');
  });
});

/** A path that each pattern of an item takes, in the homes of two users where it is of a home. */
const examples = sanitiseItems.map(({ name, remove = [], empty = [] }) => ({
  name,
  paths: [...remove, ...empty].flatMap((pattern) =>
    ['/root', '/srv/somebody']
      .slice(0, pattern.startsWith('~') ? 2 : 1)
      .map((home) =>
        pattern.replace(/^~/, home).replace('.[!.]*', '.x').replace('[0-9]', '1').replaceAll('*', 'x'),
      ),
  ),
}));

const all = examples.flatMap(({ paths }) => paths);

async function sh(script: string): Promise<string> {
  const chunks: Buffer[] = [];
  await machine.run({ argv: ['sh', '-c', script], onStdout: (chunk) => void chunks.push(chunk) });
  return Buffer.concat(chunks).toString();
}
