import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../src/host/programs.ts';
import { output } from '../src/support/process.ts';
import { debianTar } from './base-tree.ts';
import type { BenchContext, Side } from './types.ts';

const image = 'gild-bench-base';

/**
 * A container of Packer's docker builder with one shell provisioner for each step; undefined where Packer, its docker
 * plugin or a Docker that answers is not there.
 */
export async function packerSteps(context: BenchContext, steps: number): Promise<Side | undefined> {
  const missing = ['packer', 'docker'].find((program) => !findProgram(program));
  if (missing) {
    context.note(`${missing}: not installed, steps are not compared with Packer's`);
    return undefined;
  }
  const env = { HOME: process.env.HOME ?? context.folder };
  try {
    await output(['docker', 'import', await debianTar(context), image], { env });
    if (!/docker/.test(await output(['packer', 'plugins', 'installed'], { env })))
      throw new Error('no docker plugin');
  } catch (error) {
    context.note(`packer: skipped: ${(error as Error).message.split('\n')[0]}`);
    return undefined;
  }
  context.atEnd(() => output(['docker', 'rmi', image], { env }));
  const template = join(context.folder, 'steps.json');
  await writeFile(
    template,
    JSON.stringify({
      builders: [
        {
          type: 'docker',
          image,
          pull: false,
          discard: true,
          run_command: ['-d', '-i', '-t', '{{.Image}}', '/bin/sh'],
        },
      ],
      provisioners: Array.from({ length: steps }, () => ({ type: 'shell', inline: ['true'] })),
    }),
  );
  return { name: 'packer build', run: () => output(['packer', 'build', template], { env }) };
}
