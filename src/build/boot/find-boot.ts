import type { Machine } from '../../platforms/types.ts';
import { GildError } from '../../support/errors.ts';

/** Paths on the root file system of what is booted; they may be links. */
export interface Boot {
  readonly kernel: string;
  readonly initrd?: string;
}

/** Debian's links in the root always lead to the newest kernel, also after one was installed in a running machine. */
const lookForBoot = `
[ -e /sbin/init ] || [ -L /sbin/init ] || { echo init >&2; exit 1; }
for pair in /vmlinuz:/initrd.img /boot/vmlinuz:/boot/initrd.img; do
  if [ -e "\${pair%:*}" ]; then kernel=\${pair%:*}; initrd=\${pair#*:}; break; fi
done
if [ -z "\${kernel-}" ]; then
  kernel=$(ls /boot/vmlinuz-* 2>/dev/null | sort -V | tail -n 1)
  [ -n "$kernel" ] || { echo kernel >&2; exit 1; }
  version=\${kernel#/boot/vmlinuz-}
  for initrd in "/boot/initrd.img-$version" "/boot/initramfs-$version.img"; do [ -e "$initrd" ] && break; done
fi
echo "$kernel"
[ ! -e "$initrd" ] || echo "$initrd"
`;

/** Throws `DISK_NOT_BOOTABLE` where a tree has no kernel or no init. */
export async function findBoot(machine: Machine): Promise<Boot> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const { exitCode } = await machine.run({
    argv: [...machine.toolbox, 'sh', '-c', lookForBoot],
    onStdout: (chunk) => void out.push(chunk),
    onStderr: (chunk) => void err.push(chunk),
  });
  const [kernel, initrd] = Buffer.concat(out).toString().trim().split('\n');
  if (exitCode === 0 && kernel) return { kernel, ...(initrd && { initrd }) };
  const what = Buffer.concat(err).toString().trim() === 'init' ? 'no /sbin/init' : 'no kernel in /boot';
  throw new GildError({
    code: 'DISK_NOT_BOOTABLE',
    message: `A disk of this image would not boot: it has ${what}.`,
    hint: 'Add the component `bootable-linux`, or one of your own that installs a kernel and an init.',
  });
}
