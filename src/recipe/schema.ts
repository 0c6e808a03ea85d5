import { z } from 'zod';
import { fileSystemTypes, sanitised } from '../model/disk.ts';
import { branch } from './branch.ts';
import { cacheSchema } from './cache-schema.ts';
import { componentSchema } from './component-schema.ts';
import { configSchema } from './config-schema.ts';
import type { OptionKind, RecipeKinds } from './kinds.ts';
import {
  absolutePath,
  environmentName,
  fileMode,
  hostPath,
  imageName,
  imageVersion,
  memorySize,
  mountOption,
  mountPoint,
  owner,
  secretId,
  testName,
  variableName,
} from './patterns.ts';
import { variableSchema } from './variable-schema.ts';

/** The one schema behind YAML, JSON and TypeScript recipes. */
export function recipeSchema(kinds: RecipeKinds) {
  return z
    .strictObject({
      name: imageName.describe("The image's name."),
      version: imageVersion.describe("The image's version: `1.2.3`, or `1.2.x` for the next free number."),
      description: z.string().max(4096).default('').describe('What the image is for, in a sentence.'),
      base: baseSchema
        .default('debian:bookworm')
        .describe(
          'What to start from: `debian:bookworm`, an image in a registry, an OCI layout or archive on disk, a root file system, `scratch`, or another image of Gild.',
        ),
      platform: z
        .enum(kinds.platforms as [string, ...string[]])
        .default('sandbox')
        .describe('Where the image is built.'),
      architecture: z
        .enum(['amd64', 'arm64'])
        .optional()
        .describe("Processor that the image is for. This host's when absent."),
      components: z
        .array(componentSchema(kinds.actions))
        .default([])
        .describe('What is installed, in this order, each into a layer of its own.'),
      tests: z
        .array(testSchema(kinds.checks))
        .default([])
        .describe(
          'Tests on a fresh machine started from the finished image. One that fails keeps the image from being published.',
        ),
      outputs: z
        .array(outputSchema(kinds.outputs))
        .min(1)
        .default(['oci'])
        .describe('Formats that the image is written in.'),
      variables: z
        .record(variableName, variableSchema)
        .default({})
        .describe(`Values that are set from outside and used as \`\${var.name}\` anywhere in the recipe.`),
      secrets: z
        .record(secretId, secretSchema)
        .default({})
        .describe(
          'Files `/run/secrets/<id>` that exist only while building, on no disk, in no layer and in no log.',
        ),
      config: configSchema
        .prefault({})
        .describe('What a container runtime does with the image when nobody says otherwise.'),
      files: z
        .array(fileSchema)
        .default([])
        .describe('Files and folders that are copied in before the components run.'),
      network: z
        .enum(['on', 'off', 'loopback'])
        .default('on')
        .describe(
          'While components run: `on`, a network with a way out; `loopback`, only the machine itself; `off`, not even that.',
        ),
      cache: cacheSchema
        .optional()
        .describe(
          'When the results of components and tests may be used again. They are until something that goes into them changes, when absent.',
        ),
      disk: diskSchema.prefault({}).describe('How disks are made, where an output is one.'),
      limits: limitsSchema.prefault({}).describe('What components may use up while they run.'),
      epoch: z
        .int()
        .min(0)
        .optional()
        .describe(
          "Seconds since 1970 that no time stamp in the image exceeds. The base's own date when absent.",
        ),
      $schema: z
        .string()
        .max(4096)
        .optional()
        .describe('Where editors find the JSON Schema of recipes; it changes nothing.'),
    })
    .meta({ title: 'Recipe', description: 'What an image is made from.' });
}

export type RecipeSchema = ReturnType<typeof recipeSchema>;

/** With all defaults filled in. */
export type ValidRecipe = z.output<RecipeSchema>;

const baseSchema = z.union([
  z.string().min(1).max(4096).meta({ title: 'Base in short', description: 'A reference alone.' }),
  z.looseObject({ from: z.string().min(1).max(4096).describe('The reference: `debian:bookworm`.') }).meta({
    title: 'Base with options',
    description: 'A reference in `from`, and the options of that kind of base beside it.',
  }),
]);

const secretSchema = z.union([
  branch({
    env: environmentName.describe('Environment variable of the build that holds the value.'),
  }).meta({ title: 'From the environment', description: 'A secret from an environment variable.' }),
  branch({ file: hostPath.describe("File that holds the value; relative to the recipe's folder.") }).meta({
    title: 'From a file',
    description: 'A secret from a file on this host.',
  }),
]);

const fileTarget = {
  to: absolutePath.describe(
    'Where it goes: an absolute path. With `/` at its end, into that folder under its own name.',
  ),
  owner: owner.default('root').describe('User by name or number.'),
  group: owner.default('root').describe('Group by name or number.'),
  mode: fileMode
    .optional()
    .describe('Permission bits in octal. When absent: kept from the host, `0644` for `content`.'),
};

const fileSchema = z.union([
  branch({
    from: hostPath.describe("File or folder on this host; relative to the recipe's folder."),
    ...fileTarget,
  }).meta({ title: 'File from this host', description: 'Copies a file or folder in.' }),
  branch({ content: z.string().describe('The text of the file.'), ...fileTarget }).meta({
    title: 'File from the recipe',
    description: 'Writes a text file.',
  }),
]);

const diskSize = z.union([memorySize, z.int().min(1_048_576)]);

const fileSystem = z.enum(fileSystemTypes).default('ext4');

const partitionSchema = z
  .strictObject({
    mountPoint: mountPoint.describe('Where it is mounted: `/home`.'),
    size: diskSize
      .optional()
      .describe('Size of the partition, such as `4GiB`. What is in it needs and `headroom` when absent.'),
    headroom: diskSize.default('512MiB').describe('Space that is free at first, where there is no `size`.'),
    filesystem: fileSystem.describe('What it is formatted as.'),
    options: z
      .array(mountOption)
      .default([])
      .describe('How it is mounted, beside the defaults: `nodev`, `nosuid`, `noexec`, `noatime` ...'),
  })
  .meta({ title: 'Partition', description: 'A file system of its own, mounted into the root.' });

const diskSchema = z
  .strictObject({
    size: diskSize
      .optional()
      .describe('Size of the whole disk, such as `8GiB`. What the files need and `headroom` when absent.'),
    headroom: diskSize.default('512MiB').describe('Space of the root file system that is free at first.'),
    filesystem: fileSystem.describe('What the root is formatted as.'),
    swap: diskSize.optional().describe('Size of a partition to swap to. None when absent.'),
    partitions: z
      .array(partitionSchema)
      .max(64)
      .default([])
      .describe('File systems beside the root, such as `/home` and `/var`.'),
    firmware: z
      .array(z.enum(['bios', 'uefi']))
      .min(1)
      .optional()
      .describe(
        'What the disk boots with; all tests run with the first, boot tests with each. BIOS and UEFI when absent, UEFI alone where `boot` is not `grub`.',
      ),
    boot: z
      .enum(['grub', 'systemd-boot', 'uki'])
      .default('grub')
      .describe(
        'What is loaded: GRUB; with UEFI alone a Unified Kernel Image, `uki`, which is kernel, initramfs and command line in one program, or systemd-boot, which loads it.',
      ),
    secureBoot: z
      .boolean()
      .default(false)
      .describe(
        "Whether UEFI loads the distribution's signed shim and GRUB, so that the disk boots with Secure Boot; boot tests with UEFI enforce it.",
      ),
    kernelOptions: z
      .string()
      .max(1000)
      .regex(/^[ -~]*$/, 'printable characters on one line')
      .default('')
      .describe('For the command line of the kernel, beside the root and the consoles.'),
    keep: z
      .array(z.enum(sanitised))
      .default([])
      .describe('What the clean-up before the disk leaves in it although it belongs to one machine.'),
  })
  .meta({ title: 'Disk', description: 'How disks are made of the tree, for all disk outputs.' });

const limitsSchema = z
  .strictObject({
    memory: z
      .union([memorySize, z.int().min(1_048_576)])
      .optional()
      .describe('Memory, such as `2GiB`, or bytes. No limit when absent.'),
    cpus: z
      .number()
      .positive()
      .max(4096)
      .optional()
      .describe('Processors; `0.5` is half of one. No limit when absent.'),
    pids: z
      .int()
      .min(1)
      .max(4_194_304)
      .optional()
      .describe('Processes at the same time. No limit when absent.'),
  })
  .meta({ title: 'Limits', description: 'What components may use up while they run.' });

/** A test as recipes have it, before its kind fills in defaults. */
export interface TestInput {
  name: string;
  type: string;
  [option: string]: unknown;
}

export type OutputInput = string | { type: string; [option: string]: unknown };

function testSchema(checks: readonly OptionKind[]): z.ZodType<TestInput, TestInput> {
  const name = testName.describe("The test's name, unique in the recipe.");
  return oneOf(
    checks.map((kind) => member(kind, { name, type: z.literal(kind.type).describe('Kind of test.') })),
  );
}

function outputSchema(outputs: readonly OptionKind[]): z.ZodType<OutputInput, OutputInput> {
  const short = z
    .enum(outputs.map((kind) => kind.type))
    .meta({ title: 'Output in short', description: 'An output with all its defaults, by its type.' });
  const long = outputs.map((kind) => member(kind, { type: z.literal(kind.type).describe('The format.') }));
  return z.union([short, oneOf(long)]) as unknown as z.ZodType<OutputInput, OutputInput>;
}

function member(kind: OptionKind, fields: Record<string, z.ZodType>): z.ZodObject {
  const schema = kind.schema.safeExtend(fields).strict();
  return schema.meta({ title: `\`${kind.type}\``, description: kind.summary }) as z.ZodObject;
}

function oneOf<T>(members: readonly z.ZodObject[]): z.ZodType<T, T> {
  const [first, ...others] = members;
  if (!first) return z.never() as unknown as z.ZodType<T, T>;
  return z.discriminatedUnion('type', [first, ...others] as never) as unknown as z.ZodType<T, T>;
}
