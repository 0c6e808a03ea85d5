import type { OperatingSystem } from '../../model/operating-system.ts';
import type { Machine } from '../../platforms/types.ts';
import { texts } from '../fields.ts';
import { windowsRebootStatus } from '../powershell.ts';
import type { Action, Execution } from '../types.ts';

const fields = { commands: texts('Lines of one script; variables that one sets are there in the next.') };

/** Exit status with which a script asks for a restart and to be run again. */
export const rebootStatus = 194;

export const executeBash: Action<typeof fields> = {
  name: 'ExecuteBash',
  summary: 'Runs a script with bash, or with sh where the image has no bash.',
  shape: 'map',
  platforms: ['linux', 'macos'],
  fields,
  outputs: ['stdout'],
  run: async ([item], context) => {
    const script = `${(item?.commands ?? []).join('\n')}\n`;
    const argv = ['bash', scriptPath];
    const execution = await context.execute({
      argv: [...context.machine.toolbox, 'sh', '-c', launcher, 'sh', ...(isShort(script) ? [script] : [])],
      ...(!isShort(script) && { stdin: Buffer.from(script) }),
      shown: { argv, script },
      filterStderr: createMarkReader((shell) => {
        argv[0] = shell;
        if (!told.has(context.machine)) context.note(`The image has no bash; ${shell} runs the scripts.`);
        told.add(context.machine);
      }),
    });
    return resultOf(execution, context.machine.os);
  },
};

/** Machines without bash, which is said once. */
const told = new WeakSet<Machine>();

export function resultOf(
  { exitCode, stdout }: Execution,
  os: OperatingSystem,
): Awaited<ReturnType<Action['run']>> {
  const outputs = [{ stdout: stdout.toString('utf8').replace(/\r?\n$/, '') }];
  if (exitCode === 0) return { kind: 'done', outputs };
  if (exitCode === (os === 'windows' ? windowsRebootStatus : rebootStatus))
    return { kind: 'reboot-and-repeat' };
  return { kind: 'failed', message: `exit status ${exitCode}`, outputs };
}

/** On the machine's own tmpfs, so that it is in no image. */
const scriptPath = '/run/gild-step.sh';

/** As an argument a script costs one process less than on stdin, but the kernel takes 128 KiB at most. */
function isShort(script: string): boolean {
  return Buffer.byteLength(script) < 100_000;
}

/** Takes the script as its argument or from stdin; says on stderr, before all else, if it is not bash that runs it. */
const launcher = `if [ $# -gt 0 ]; then printf %s "$1"; else cat; fi > ${scriptPath} || exit 125
for shell in /bin/bash /usr/bin/bash /usr/local/bin/bash; do
  if [ -x "$shell" ]; then exec "$shell" ${scriptPath} < /dev/null; fi
done
printf '\\000%s\\n' sh >&2
for shell in /bin/sh /usr/bin/sh; do
  if [ -x "$shell" ]; then exec "$shell" ${scriptPath} < /dev/null; fi
done
exec sh ${scriptPath} < /dev/null`;

/** Takes the launcher's line, which begins with NUL, off the front of stderr. */
function createMarkReader(onShell: (shell: string) => void): (chunk: Buffer) => Buffer {
  let head: Buffer | undefined = Buffer.alloc(0);
  return (chunk) => {
    if (!head) return chunk;
    head = Buffer.concat([head, chunk]);
    if (head[0] !== 0) {
      const all = head;
      head = undefined;
      return all;
    }
    const end = head.indexOf('\n');
    if (end < 0) return Buffer.alloc(0);
    onShell(head.subarray(1, end).toString());
    const rest = head.subarray(end + 1);
    head = undefined;
    return rest;
  };
}
