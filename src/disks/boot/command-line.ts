/** A busy host can make a virtual machine's timer look broken to the kernel, which then panics. */
const always = 'console=tty0 console=ttyS0,115200n8 no_timer_check';

/** What the kernel is told: where its root is, both consoles, and what the recipe adds. */
export function kernelCommandLine(rootUuid: string, kernelOptions: string): string {
  return [`root=UUID=${rootUuid} ro ${always}`, kernelOptions].join(' ').trim();
}
