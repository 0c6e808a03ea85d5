import { type BootOptions, bootImage, bootMs } from './boot-image.ts';
import { openShell } from './failure.ts';
import type { Hooks } from './types.ts';
import { withWorkshop } from './with-workshop.ts';

export interface EnterOptions extends Omit<BootOptions, 'ports' | 'onConsole' | 'onUnready' | 'signal'> {
  /** Runs this instead of a shell. */
  readonly command: readonly string[];
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
  readonly note: (line: string) => void;
}

/** Boots the disk of an image and opens a shell of its root, or runs one command and returns its exit code. */
export function enterImage(
  options: EnterOptions,
  hooks: Pick<Hooks, 'signal' | 'interact'>,
): Promise<number> {
  return withWorkshop(hooks.signal, async (workshop) => {
    const vm = await bootImage(workshop, {
      ...options,
      ports: [],
      onConsole: () => undefined,
      onUnready: ({ message, hint }) => options.note(`${message}\n${hint}`),
      signal: hooks.signal,
    });
    const seconds = await vm.waitForLogin(bootMs * vm.patience);
    options.note(`It is up after ${seconds.toFixed(1)} s.`);
    const { command, onStdout, onStderr } = options;
    if (command.length > 0)
      return (await vm.machine.run({ argv: command, onStdout, onStderr, signal: hooks.signal })).exitCode;
    await openShell(vm.machine, hooks);
    return 0;
  });
}

/** Boots the disk of an image and writes what its display shows at the login prompt to a PNG file. */
export function pictureImage(
  options: Omit<BootOptions, 'ports'> & { readonly to: string },
): Promise<{ readonly seconds: number }> {
  return withWorkshop(options.signal, async (workshop) => {
    const vm = await bootImage(workshop, { ...options, ports: [] });
    const seconds = await vm.waitForLogin(bootMs * vm.patience);
    await vm.screenshot(options.to);
    return { seconds };
  });
}
