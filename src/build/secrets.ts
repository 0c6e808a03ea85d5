import type { SecretSpec } from '../model/buildspec.ts';
import { GildError } from '../support/errors.ts';
import { readBeginning } from '../support/files.ts';

/** Shorter values cannot be told from ordinary text in a log. */
const shortest = 8;
const largest = 1024 * 1024;

/** Reads the values when a run starts; they exist only in memory. Throws `SECRET_MISSING`. */
export async function loadSecrets(
  specs: readonly SecretSpec[],
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const spec of specs) {
    const value = await readSecret(spec, env);
    if (value.length < shortest) {
      throw problem(
        spec,
        `The secret \`${spec.id}\` has fewer than ${shortest} characters.`,
        'Use a longer value: a short one cannot be kept out of logs.',
      );
    }
    values.set(spec.id, value);
  }
  return values;
}

async function readSecret(spec: SecretSpec, env: NodeJS.ProcessEnv): Promise<string> {
  if (spec.from.kind === 'env') {
    const value = env[spec.from.name];
    if (value !== undefined) return value;
    throw problem(
      spec,
      `The secret \`${spec.id}\` is not set.`,
      `Set the environment variable ${spec.from.name}.`,
    );
  }
  try {
    const bytes = await readBeginning(spec.from.path, largest + 1);
    if (bytes.length > largest) throw new Error('it is larger than 1 MiB');
    return bytes.toString('utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw problem(
      spec,
      `The secret \`${spec.id}\` cannot be read from ${spec.from.path}.`,
      'Write the value into that file, readable by you alone; it may have 1 MiB.',
      cause,
    );
  }
}

function problem(spec: SecretSpec, message: string, hint: string, cause?: unknown): GildError {
  return new GildError({ code: 'SECRET_MISSING', message, hint, ...(spec.at && { at: spec.at }), cause });
}
