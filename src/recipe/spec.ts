import { basename, dirname, normalize, resolve } from 'node:path';
import type {
  Architecture,
  BaseSpec,
  BuildSpec,
  ContainerConfig,
  FileSpec,
  Limits,
  OutputSpec,
  SecretSpec,
  TestSpec,
} from '../model/buildspec.ts';
import type { DiskSpec, MountedPartition } from '../model/disk.ts';
import { bytesOf } from '../support/amounts.ts';
import { cacheSpec } from './cache-schema.ts';
import { componentSpec, texts } from './component-spec.ts';
import type { RecipeKinds } from './kinds.ts';
import type { ValidRecipe } from './schema.ts';
import type { Source } from './source.ts';

export interface SpecContext {
  readonly source: Source;
  /** Absolute path of the recipe's file. */
  readonly path: string;
  readonly kinds: RecipeKinds;
  readonly base: BaseSpec;
}

/** Makes paths absolute and writes every shorthand out. */
export function buildSpec(recipe: ValidRecipe, context: SpecContext): BuildSpec {
  const { source, path } = context;
  const directory = dirname(path);
  return {
    name: recipe.name,
    version: recipe.version,
    description: recipe.description,
    platform: recipe.platform,
    architecture: recipe.architecture ?? hostArchitecture(),
    base: { ...context.base, at: source.position(['base']) },
    components: recipe.components.map((component, index) => ({
      ...componentSpec(component, index, { directory, source }),
      at: source.position(['components', index]),
    })),
    files: recipe.files.map((file, index) => ({
      ...fileSpec(file, directory),
      at: source.position(['files', index]),
    })),
    tests: recipe.tests.map(
      ({ name, type, ...options }, index): TestSpec => ({
        name,
        type,
        options,
        at: source.position(['tests', index]),
      }),
    ),
    outputs: recipe.outputs.map((output, index) => ({
      ...outputSpec(output, context.kinds),
      at: source.position(['outputs', index]),
    })),
    config: containerConfig(recipe.config),
    secrets: Object.entries(recipe.secrets).map(
      ([id, from]): SecretSpec => ({
        id,
        from:
          'env' in from
            ? { kind: 'env', name: from.env }
            : { kind: 'file', path: resolve(directory, from.file) },
        at: source.position(['secrets', id], 'key'),
      }),
    ),
    network: recipe.network,
    disk: diskSpec(recipe.disk),
    limits: limits(recipe.limits),
    ...cacheSpec(recipe.cache),
    ...(recipe.epoch === undefined ? {} : { epoch: recipe.epoch }),
    source: { file: path, directory },
  };
}

function hostArchitecture(): Architecture {
  return process.arch === 'arm64' ? 'arm64' : 'amd64';
}

function fileSpec(file: ValidRecipe['files'][number], directory: string): FileSpec {
  const { owner, group, mode } = file;
  const rights = {
    owner,
    group,
    ...(mode === undefined ? {} : { mode: Number.parseInt(mode.replace(/^0o/, ''), 8) }),
  };
  if ('content' in file)
    return {
      from: { kind: 'text', text: file.content },
      to: normalize(file.to),
      ...rights,
      mode: rights.mode ?? 0o644,
    };
  return { from: { kind: 'path', path: resolve(directory, file.from) }, to: fileTarget(file), ...rights };
}

/** Where a file goes: with a slash at the end, into that folder under its own name. */
export function fileTarget(file: { readonly from?: string; readonly to: string }): string {
  const to = normalize(file.to);
  return to.endsWith('/') && file.from !== undefined ? normalize(`${to}/${basename(file.from)}`) : to;
}

function outputSpec(output: ValidRecipe['outputs'][number], kinds: RecipeKinds): OutputSpec {
  const { type, ...options } = typeof output === 'string' ? { type: output } : output;
  if (typeof output !== 'string') return { type, options };
  return { type, options: kinds.outputs.find((kind) => kind.type === type)?.schema.parse({}) ?? {} };
}

function containerConfig(config: ValidRecipe['config']): ContainerConfig {
  return {
    env: texts(config.env),
    user: config.user ?? '',
    workingDir: config.workingDir === undefined ? '' : normalize(config.workingDir),
    entrypoint: config.entrypoint ?? [],
    cmd: config.cmd ?? [],
    ports: [...new Set(config.ports.map((port) => (/\//.test(String(port)) ? String(port) : `${port}/tcp`)))],
    labels: texts(config.labels),
  };
}

function diskSpec({ size, headroom, swap, partitions, firmware, ...rest }: ValidRecipe['disk']): DiskSpec {
  const usual: DiskSpec['firmware'] = rest.boot === 'grub' ? ['bios', 'uefi'] : ['uefi'];
  return {
    ...rest,
    firmware: firmware ?? usual,
    ...(size === undefined ? {} : { size: sizeOf(size) }),
    headroom: sizeOf(headroom),
    ...(swap === undefined ? {} : { swap: sizeOf(swap) }),
    partitions: partitions.map(mountedPartition),
  };
}

function mountedPartition({
  size,
  headroom,
  ...rest
}: ValidRecipe['disk']['partitions'][number]): MountedPartition {
  return { ...rest, ...(size === undefined ? {} : { size: sizeOf(size) }), headroom: sizeOf(headroom) };
}

function limits({ memory, cpus, pids }: ValidRecipe['limits']): Limits {
  return {
    ...(memory === undefined ? {} : { memory: sizeOf(memory) }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(pids === undefined ? {} : { pids }),
  };
}

function sizeOf(size: number | string): number {
  return typeof size === 'number' ? size : bytesOf(size);
}
