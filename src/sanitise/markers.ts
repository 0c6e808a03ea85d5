import type { sanitised } from '../model/disk.ts';
import type { BuildMachine } from '../platforms/types.ts';

/**
 * How components ask Image Builder to leave out a part of its clean-up: with an empty file in the working directory.
 * `skip_cleanup_instance_files` is for the host's name and the like, which the clean-up here never takes out.
 */
const markers: Readonly<Record<string, readonly (typeof sanitised)[number][]>> = {
  skip_cleanup_cloudinit_files: ['cloud-init'],
  skip_cleanup_instance_files: [],
  skip_cleanup_ssh_files: ['ssh-host-keys', 'ssh-user-keys'],
  skip_cleanup_instance_log_files: ['logs'],
  skip_cleanup_toe_files: ['executor-logs'],
  skip_cleanup_ssm_log_files: ['agent-logs'],
};

const folder = 'tmp';

/** Names of the markers that are there. No image keeps them, so they are looked for before a step's layer is made. */
export async function findMarkers(machine: BuildMachine, signal?: AbortSignal): Promise<readonly string[]> {
  if (!(await machine.mayDiffer(folder))) return [];
  const chunks: Buffer[] = [];
  const script = `for name in ${Object.keys(markers).join(' ')}; do [ ! -f /${folder}/$name ] || echo $name; done`;
  await machine.run({
    argv: [...machine.toolbox, 'sh', '-c', script],
    signal,
    onStdout: (chunk) => void chunks.push(chunk),
  });
  return Buffer.concat(chunks)
    .toString()
    .split('\n')
    .filter((name) => name in markers);
}

/** Names of the items that a marker asks to keep. */
export function keptBy(marker: string): readonly string[] {
  return markers[marker] ?? [];
}
