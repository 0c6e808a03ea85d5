import { z } from 'zod';
import type { Machine } from '../platforms/types.ts';
import { utility } from './capture.ts';
import { defineCheck } from './define-check.ts';
import { failed, needsDisk, passed } from './findings.ts';

export const instances = defineCheck({
  type: 'instances',
  summary:
    'Starts a second machine from the disk: machine id and SSH host keys must be others than on the first',
  needs: 'disk',
  once: true,
  needsMainProcess: false,
  schema: z.strictObject({}),
  async run(_options, { machine, another, signal }) {
    if (!another) return needsDisk('a test of two instances');
    const first = await identityOf(machine, signal);
    const second = await identityOf(await another(), signal);
    const shared = [...first].filter(([name, value]) => second.get(name) === value).map(([name]) => name);
    if (shared.length > 0) return failed(`two machines of this disk share ${shared.join(' and ')}`);
    const lacking = [first, second].findIndex((identity) => !identity.has(machineId));
    if (lacking >= 0) return failed(`machine ${lacking + 1} of two has no ${machineId}`);
    return passed(`two machines differ in ${[...first.keys()].join(', ')}`);
  },
});

const machineId = '/etc/machine-id';

/** The keys that the server says it has, which may lie anywhere; by their digest alone, for none is to be in a log. */
const script = `
id=$(cat ${machineId}) && case "$id" in ''|uninitialized) ;; *) echo "$id ${machineId}";; esac
keys=$(/usr/sbin/sshd -T 2>/dev/null | sed -n 's/^hostkey //p')
for key in \${keys:-/etc/ssh/ssh_host_*_key} /etc/dropbear/dropbear_*_host_key; do
  [ ! -f "$key" ] || sha256sum "$key"
done`;

/** Path -> what is in it, of all that no two machines may share. */
async function identityOf(
  machine: Machine,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await utility(machine, ['sh', '-c', script], signal);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line): [string, string] => {
      const [value = '', path = ''] = line.split(/\s+/);
      return [path, value];
    }),
  );
}
