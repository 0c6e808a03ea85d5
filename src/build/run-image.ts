import { describe } from '../checks/boot.ts';
import { dial } from '../checks/dial.ts';
import { mainCommand } from '../checks/main-process.ts';
import { chooseImage } from '../images/choose.ts';
import { imageLabel } from '../images/reference.ts';
import type { Image } from '../model/image.ts';
import { platforms } from '../platforms/index.ts';
import { GildError } from '../support/errors.ts';
import type { ProcessStream } from '../support/process-stream.ts';
import { type BootOptions, bootDiskOf, bootImage } from './boot-image.ts';
import { type Forward, forwardPorts } from './forward-ports.ts';
import { withWorkshop } from './with-workshop.ts';
import type { Workshop } from './workshop.ts';

export interface RunImageOptions extends Omit<BootOptions, 'ports' | 'onConsole'> {
  /** `container`: the tree, as a container runtime would run it; `vm`: the disk. The disk if there is one. */
  readonly as?: 'container' | 'vm' | undefined;
  readonly publish: readonly Forward[];
  readonly onOutput: (text: string | Buffer) => void;
  /** What started, and where it can be reached: a line each. */
  readonly note: (line: string) => void;
}

/** Runs an image until it ends or is cancelled; what it writes is thrown away, or in its overlay. Returns its exit code. */
export async function runImage(options: RunImageOptions): Promise<number> {
  return withWorkshop(options.signal, async (workshop) => {
    const image = await chooseImage(workshop.records, options.image);
    const asVm = options.as === 'vm' || (options.as === undefined && bootDiskOf(image) !== undefined);
    if (asVm) return runVm(workshop, image, options);
    if (options.overlay === undefined) return runContainer(workshop, image, options);
    throw new GildError({
      code: 'USAGE',
      message: 'A container keeps nothing of what it writes: `--overlay` is for machines that boot a disk.',
    });
  });
}

async function runVm(workshop: Workshop, image: Image, options: RunImageOptions): Promise<number> {
  const vm = await bootImage(workshop, {
    ...options,
    ports: options.publish.map(({ inside }) => inside),
    onConsole: (lines) => options.onOutput(`${lines.join('\n')}\n`),
  });
  options.note(`${imageLabel(image)} boots in a virtual machine (${describe(vm)}).`);
  await publish(workshop, options, vm.dial);
  await vm.ended;
  options.signal.throwIfAborted();
  return 0;
}

async function runContainer(workshop: Workshop, image: Image, options: RunImageOptions): Promise<number> {
  const command = mainCommand(image.config);
  if (command.argv.length === 0)
    throw new GildError({
      code: 'USAGE',
      message: `\`${imageLabel(image)}\` has neither \`entrypoint\` nor \`cmd\`: there is nothing to run.`,
      hint: 'Look into it with `gild shell`.',
    });
  const platform = await platforms.sandbox?.(workshop);
  if (!platform) throw new GildError({ code: 'BUG', message: 'The sandbox is not registered.' });
  const { signal, memory, cpus, onOutput } = options;
  const machine = await platform.start(
    { layers: image.layers },
    { network: 'on', limits: { memory, cpus }, signal },
  );
  workshop.disposer.add(() => machine.close());
  options.note(`${imageLabel(image)} runs in a container.`);
  await publish(workshop, options, (port) => dial(machine, { host: '127.0.0.1', port }));
  const { exitCode } = await machine.run({ ...command, signal, onStdout: onOutput, onStderr: onOutput });
  return exitCode;
}

async function publish(
  workshop: Workshop,
  { publish: forwards, note }: RunImageOptions,
  open: (port: number) => ProcessStream,
): Promise<void> {
  workshop.disposer.add(await forwardPorts(forwards, open));
  for (const { outside, inside } of forwards) note(`127.0.0.1:${outside} leads to its port ${inside}.`);
}
