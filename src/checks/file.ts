import { z } from 'zod';
import type { Machine } from '../platforms/types.ts';
import { readAccounts, readGroups } from './accounts.ts';
import { utility } from './capture.ts';
import { defineCheck } from './define-check.ts';
import { type FileFacts, fileFacts, fileKinds, linkTarget } from './file-facts.ts';
import { failed, oneLine, passed, quoted, verdictOn } from './findings.ts';
import { containsSchema, matchesSchema, textDifferences } from './text-expectation.ts';

const owner = z.union([z.string().min(1).max(256), z.int().min(0).max(4_294_967_294)]);

const schema = z.strictObject({
  path: z
    .string()
    .startsWith('/')
    .max(4096)
    .refine((path) => !path.includes('\0'), 'a path without NUL characters')
    .describe('Absolute path. Symbolic links are followed unless `kind` is `symlink` or `target` is given.'),
  exists: z.boolean().default(true).describe('Whether there must be something at that path, or must not.'),
  kind: z.enum(fileKinds).optional().describe('What it must be.'),
  target: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe('Where the symbolic link must lead, as written in it.'),
  mode: z
    .string()
    .regex(/^0?[0-7]{3,4}$/, "an octal number in quotes, as in '0644'")
    .optional()
    .describe("Permission bits in octal, in quotes: '0644'."),
  owner: owner.optional().describe('User by name or number.'),
  group: owner.optional().describe('Group by name or number.'),
  size: z.int().min(0).optional().describe('Bytes.'),
  contains: containsSchema.optional().describe('Text that must occur in it; of a list, every one.'),
  matches: matchesSchema
    .optional()
    .describe('JavaScript regular expression for its text; `^` and `$` stand for line ends.'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits')
    .optional()
    .describe('Checksum of its bytes, in hex.'),
});

type Options = z.output<typeof schema>;

export const file = defineCheck({
  type: 'file',
  summary: 'Looks at a file or folder: kind, mode, owner, content',
  needs: 'container',
  needsMainProcess: false,
  schema,
  async run(options, { machine, signal }) {
    const { path } = options;
    const follow = options.kind !== 'symlink' && options.target === undefined;
    const facts = await fileFacts(machine, path, { follow, signal });
    if (!facts) return onMissing(options, follow ? await linkTarget(machine, path, signal) : undefined);
    if (!options.exists) return failed(`expected ${path} not to exist, but it does (${facts.kind})`);
    const differences = [
      ...factDifferences(options, facts),
      ...(await ownerDifferences(options, facts, machine, signal)),
      ...(await targetDifferences(options, machine, signal)),
      ...(await contentDifferences(options, facts, machine, signal)),
    ];
    return verdictOn(path, differences);
  },
});

function onMissing({ path, exists }: Options, dangling: string | undefined) {
  if (dangling !== undefined) {
    const found = `it is a symbolic link to ${quoted(dangling)}, which does not exist`;
    return failed(`expected ${path} ${exists ? 'to exist' : 'not to be there at all'}, but ${found}`);
  }
  return exists ? failed(`expected ${path} to exist, but it does not`) : passed(`${path} does not exist`);
}

function factDifferences({ kind, mode, size }: Options, facts: FileFacts): string[] {
  const differences: string[] = [];
  if (kind !== undefined && kind !== facts.kind)
    differences.push(`expected a ${kind}, found a ${facts.kind}`);
  if (mode !== undefined && Number.parseInt(mode, 8) !== facts.mode) {
    differences.push(`expected mode ${octal(Number.parseInt(mode, 8))}, found ${octal(facts.mode)}`);
  }
  if (size !== undefined && size !== facts.size) {
    differences.push(`expected ${size} bytes, found ${facts.size}`);
  }
  return differences;
}

async function ownerDifferences(
  options: Options,
  facts: FileFacts,
  machine: Machine,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const differences: string[] = [];
  if (options.owner !== undefined) {
    const user = (await readAccounts(machine, signal)).find(({ uid }) => uid === facts.uid)?.name;
    differences.push(...nameDifference('owner', options.owner, { id: facts.uid, name: user }));
  }
  if (options.group !== undefined) {
    const group = (await readGroups(machine, signal)).find(({ gid }) => gid === facts.gid)?.name;
    differences.push(...nameDifference('group', options.group, { id: facts.gid, name: group }));
  }
  return differences;
}

function nameDifference(
  what: string,
  expected: string | number,
  found: { readonly id: number; readonly name: string | undefined },
): string[] {
  if (String(expected) === String(found.id) || expected === found.name) return [];
  return [
    `expected ${what} ${expected}, found ${found.name === undefined ? found.id : `${oneLine(found.name)} (${found.id})`}`,
  ];
}

async function targetDifferences(
  { target, path }: Options,
  machine: Machine,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  if (target === undefined) return [];
  const found = await linkTarget(machine, path, signal);
  if (found === target) return [];
  return [`expected a symbolic link to ${target}, found ${found === undefined ? 'no link' : quoted(found)}`];
}

async function contentDifferences(
  options: Options,
  facts: FileFacts,
  machine: Machine,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const { path, contains, matches, sha256 } = options;
  const wantsText = contains !== undefined || matches !== undefined;
  if (!wantsText && sha256 === undefined) return [];
  if (facts.kind !== 'file') return [`expected a file with content, found a ${facts.kind}`];
  const differences: string[] = [];
  if (wantsText) {
    const text = await utility(machine, ['cat', path], signal);
    differences.push(...textDifferences(text.stdout, { contains, matches }, 'the content'));
  }
  if (sha256 !== undefined) {
    const sum = (await utility(machine, ['sha256sum', path], signal)).stdout.replace(/^\\/, '').slice(0, 64);
    if (sum !== sha256) differences.push(`expected SHA-256 ${sha256}, found ${sum}`);
  }
  return differences;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
