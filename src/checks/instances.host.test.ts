import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instances } from './instances.ts';
import { emptyConfig, openTestbed, type Testbed } from './test-machine.ts';

let testbed: Testbed;

beforeAll(async () => {
  testbed = await openTestbed({ files: { 'etc/machine-id': '', 'etc/ssh/sshd_config': '' } });
});

afterAll(() => testbed.close());

/** What the check says of two machines on each of which a script ran, as first boots do. */
async function compare(onFirst: string, onSecond: string): Promise<string> {
  const machines = await Promise.all([testbed.start(), testbed.start()]);
  const [machine, second] = machines;
  try {
    await machine.run({ argv: ['sh', '-c', onFirst] });
    await second.run({ argv: ['sh', '-c', onSecond] });
    const { status, message } = await instances.run(
      {},
      { machine, another: async () => second, config: emptyConfig },
    );
    return `${status}: ${message}`;
  } finally {
    await Promise.all(machines.map((each) => each.close()));
  }
}

describe('a test of two instances', () => {
  const id = (digit: string) => `echo ${digit.repeat(32)} > /etc/machine-id`;
  const key = (text: string) => `echo ${text} > /etc/ssh/ssh_host_ed25519_key`;

  it('passes where each machine made its own', async () => {
    expect(await compare(`${id('a')}; ${key('one')}`, `${id('b')}; ${key('two')}`)).toBe(
      'passed: two machines differ in /etc/machine-id, /etc/ssh/ssh_host_ed25519_key',
    );
  });

  it('names all that two machines share', async () => {
    expect(await compare(`${id('a')}; ${key('one')}`, `${id('b')}; ${key('one')}`)).toBe(
      'failed: two machines of this disk share /etc/ssh/ssh_host_ed25519_key',
    );
    expect(await compare(`${id('a')}; ${key('one')}`, `${id('a')}; ${key('one')}`)).toBe(
      'failed: two machines of this disk share /etc/machine-id and /etc/ssh/ssh_host_ed25519_key',
    );
  });

  it('takes no machine for another that has no id at all', async () => {
    expect(await compare(`${id('a')}; ${key('one')}`, key('two'))).toBe(
      'failed: machine 2 of two has no /etc/machine-id',
    );
  });

  it('proves nothing without a disk', async () => {
    const machine = await testbed.start();
    expect(await instances.run({}, { machine, config: emptyConfig })).toMatchObject({ status: 'blocked' });
    await machine.close();
  });
});
