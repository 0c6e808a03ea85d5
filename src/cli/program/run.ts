import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Forward } from '../../build/forward-ports.ts';
import type { RunCommandOptions } from '../commands/run.ts';
import type { SshCommandOptions } from '../commands/ssh.ts';
import { count, imageNames } from './options.ts';
import type { Frame } from './types.ts';

export function addRunCommands({ program, cli, run }: Frame): void {
  program.commandsGroup('Run');

  machineOptions(program.command('run'))
    .description('start an image: its disk in a virtual machine, or its tree in a container')
    .argument('<image>', imageNames)
    .addOption(new Option('--as <kind>', 'not the disk if there is one').choices(['container', 'vm']))
    .option('-p, --publish <host:inside>', 'port of 127.0.0.1 that leads in (repeatable)', collectForward, [])
    .option('--overlay <file>', 'keep there what the machine writes, and go on from it the next time')
    .option('--screenshot <file>', 'write what the display shows at the login prompt as a PNG, and end')
    .action((image: string, flags: Omit<RunCommandOptions, 'image'>) =>
      run(async () => {
        const { run: runImage } = await import('../commands/run.ts');
        return runImage({ image, ...flags }, cli);
      }),
    );

  machineOptions(program.command('ssh'))
    .description('boot the disk of an image and open a shell in it, as root')
    .argument('<image>', imageNames)
    .argument('[command...]', 'run this instead of a shell')
    .action((image: string, command: string[], flags: Omit<SshCommandOptions, 'image' | 'command'>) =>
      run(async () => {
        const { ssh } = await import('../commands/ssh.ts');
        return ssh({ image, command, ...flags }, cli);
      }),
    );
}

function machineOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--firmware <kind>', "what the disk boots with; the disk's first if not given").choices([
        'bios',
        'uefi',
      ]),
    )
    .option('--memory <MiB>', 'memory of the machine, 1024 if not given', count, 1024)
    .option('--cpus <count>', 'processors of the machine, 2 if not given', count, 2);
}

function collectForward(text: string, before: readonly Forward[]): readonly Forward[] {
  const [outside, inside] = text.split(':').map(Number);
  if (!/^\d+:\d+$/.test(text) || !isPort(outside) || !isPort(inside))
    throw new InvalidArgumentError('Write it as 8080:80.');
  return [...before, { outside, inside }];
}

function isPort(port: number | undefined): port is number {
  return port !== undefined && port >= 1 && port <= 65_535;
}
