import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Machine } from '../platforms/types.ts';
import { GildError } from '../support/errors.ts';
import { AttemptEnded } from './attempt-ended.ts';
import { type ContextName, isContextName, type LanguageContext } from './language-context.ts';
import type { Outside } from './resolve-references.ts';

/** What the look-ups of one step stand on. */
export interface OutsideOptions {
  readonly context: LanguageContext;
  readonly machine: Machine;
  /** Of every command of the step. */
  readonly env: Readonly<Record<string, string>>;
  readonly executionId: string;
  readonly phase: string;
  readonly step: string;
  readonly signal: AbortSignal;
  /** Told of each secret value before it is used. */
  readonly learn: (name: string, value: string) => void;
}

/** Finds values outside of a document, each when a step asks for it. */
export function createOutside(options: OutsideOptions): Outside {
  const { context } = options;
  let environment: Promise<ReadonlyMap<string, string>> | undefined;
  return {
    lookUp: async ({ form, name }) => {
      switch (form) {
        case 'env': {
          environment ??= readEnvironment(options);
          return found(context.env?.[name] ?? (await environment).get(name), {
            message: `the environment variable \`${name}\` is not set in the machine`,
          });
        }
        case 'aws:ssm':
          return readParameter(name, options);
        case 'aws:imds':
          return readMetadata(name, options);
        case 'secret':
          return readSecret(name, options);
        case 'context':
          return readContext(name, options);
      }
    },
  };
}

function found(
  value: string | undefined,
  missing: { readonly message: string; readonly hint?: string },
): string {
  if (value !== undefined) return value;
  throw new AttemptEnded(missing.message, missing.hint);
}

async function readParameter(name: string, options: OutsideOptions): Promise<string> {
  const { context, signal } = options;
  const hint = 'docs/components.md says where values for `aws:ssm:` come from.';
  const stored = await asked(() => context.parameters?.read(name, signal));
  if (!stored) throw new AttemptEnded(`there is no parameter \`${name}\` for \`aws:ssm:\``, hint);
  if (stored.secret) options.learn(`aws:ssm:${name}`, stored.value);
  return stored.value;
}

async function readMetadata(path: string, { context, signal }: OutsideOptions): Promise<string> {
  if (!context.metadata)
    throw new AttemptEnded(
      'there is no instance metadata here: the machine is no EC2 instance',
      'Make the value a parameter of the component.',
    );
  const value = await asked(() => context.metadata?.read(path, signal));
  return found(value, { message: `the instance metadata has no \`${path}\`` });
}

function readSecret(name: string, options: OutsideOptions): string {
  const { secrets } = options.context;
  const known = [...(secrets?.keys() ?? [])].map((one) => `\`${one}\``).join(', ');
  const value = found(secrets?.get(name), {
    message: `there is no secret \`${name}\``,
    hint: known === '' ? 'List it under `secrets` in the recipe.' : `There is ${known}.`,
  });
  options.learn(`secret:${name}`, value);
  return value;
}

/** A failure of what was asked is one of the step. */
async function asked<T>(question: () => Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof GildError) throw new AttemptEnded(error.message, error.hint);
    throw error;
  }
}

async function readContext(name: string, options: OutsideOptions): Promise<string> {
  if (!isContextName(name)) throw new AttemptEnded(`there is no \`context:${name}\``);
  return await contextValues[name](options);
}

const contextValues: Readonly<Record<ContextName, (options: OutsideOptions) => string | Promise<string>>> = {
  executionId: ({ executionId }) => executionId,
  accountId: ({ context }) => found(context.accountId, noAccount('account', 'AWS_ACCOUNT_ID')),
  region: ({ context }) => found(context.region, noAccount('region', 'AWS_REGION')),
  osPlatform: ({ machine }) => machine.os,
  osName: async (options) => (await readRelease(options)).get('NAME') ?? 'Linux',
  osVersion: async (options) => (await readRelease(options)).get('VERSION_ID') ?? '',
  date: (options) => now(options).slice(0, 10),
  dateTime: (options) => `${now(options).slice(0, 19)}Z`,
  uuid: ({ context }) => context.uuid?.() ?? randomUUID(),
  hostname: async ({ machine, signal }) =>
    (await printed(machine, ['cat', '/proc/sys/kernel/hostname'], {}, signal)).trim(),
  phase: ({ phase }) => phase,
  step: ({ step }) => step,
};

function noAccount(what: string, variable: string) {
  return { message: `no AWS ${what} is known here`, hint: `Set the environment variable ${variable}.` };
}

function now({ context }: OutsideOptions): string {
  return (context.now?.() ?? new Date()).toISOString();
}

async function readRelease({ machine }: OutsideOptions): Promise<ReadonlyMap<string, string>> {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      const lines = (await text(await machine.get(path))).split('\n');
      return new Map(lines.flatMap((line) => (line.includes('=') ? [assignment(line)] : [])));
    } catch (error) {
      if (!(error instanceof GildError) || error.code !== 'FILE_NOT_FOUND') throw error;
    }
  }
  return new Map();
}

function assignment(line: string): readonly [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1).replace(/^(["'])(.*)\1$/, '$2')];
}

/** As the process sees it that runs a script. */
async function readEnvironment(options: OutsideOptions): Promise<ReadonlyMap<string, string>> {
  const { machine, env, signal } = options;
  const all = await printed(machine, ['cat', '/proc/self/environ'], env, signal);
  return new Map(all.split('\0').flatMap((line) => (line.includes('=') ? [raw(line)] : [])));
}

function raw(line: string): readonly [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}

async function printed(
  machine: Machine,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  const chunks: Buffer[] = [];
  const command = { argv: [...machine.toolbox, ...argv], env, signal };
  await machine.run({ ...command, onStdout: (chunk) => void chunks.push(chunk) });
  return Buffer.concat(chunks).toString('utf8');
}
