import type { ContainerConfig } from '../model/buildspec.ts';
import { imageAnnotations } from './annotations.ts';
import { timestamp } from './timestamp.ts';
import type { OutputInput } from './types.ts';

/** The OCI image config, which Docker reads too. Empty fields are left out: canonical JSON drops them. */
export function imageConfig(input: OutputInput): Readonly<Record<string, unknown>> {
  const created = timestamp(input.epoch);
  return {
    created,
    architecture: input.architecture,
    os: 'linux',
    config: runtimeConfig(input.config, imageAnnotations(input)),
    rootfs: { type: 'layers', diff_ids: input.tree.layers.map((layer) => layer.diffId) },
    history: input.tree.layers.map((layer) => ({ created, created_by: layer.createdBy })),
  };
}

/** Our own labels win: one that came along from the base image would describe the base. */
function runtimeConfig(
  config: ContainerConfig,
  own: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const ports = [...config.ports].sort();
  const env = Object.entries(config.env).map(([name, value]) => `${name}=${value}`);
  return {
    User: config.user || undefined,
    WorkingDir: config.workingDir || undefined,
    Env: orNothing(env.sort()),
    Entrypoint: orNothing(config.entrypoint),
    Cmd: orNothing(config.cmd),
    ExposedPorts: ports.length > 0 ? Object.fromEntries(ports.map((port) => [port, {}])) : undefined,
    Labels: { ...config.labels, ...own },
  };
}

function orNothing(list: readonly string[]): readonly string[] | undefined {
  return list.length > 0 ? list : undefined;
}
