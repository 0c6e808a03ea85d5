import { z } from 'zod';
import { GildError } from '../support/errors.ts';
import { readBeginning } from '../support/files.ts';

/** What `--config` can say, as AWS's executor reads it; a flag beats it. */
export interface RunConfig {
  readonly documents: readonly {
    readonly path: string;
    readonly parameters: Readonly<Record<string, string>>;
  }[];
  /** For all documents. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly phases?: string | undefined;
  readonly executionId?: string | undefined;
  readonly logDirectory?: string | undefined;
  readonly trace: boolean;
  /** Keys that have a meaning for AWS's executor and none here. */
  readonly ignored: readonly string[];
}

const values = z.array(z.strictObject({ name: z.string(), value: z.string() })).default([]);

const shape = z.strictObject({
  documents: z.array(z.strictObject({ path: z.string().min(1), parameters: values })).min(1),
  parameters: values,
  phases: z.string().optional(),
  executionId: z.string().optional(),
  executonId: z.string().optional(),
  logDirectory: z.string().optional(),
  trace: z.boolean().default(false),
  logS3BucketName: z.unknown().optional(),
  logS3BucketOwner: z.unknown().optional(),
  logS3KeyPrefix: z.unknown().optional(),
  cwLogGroup: z.unknown().optional(),
  cwLogStream: z.unknown().optional(),
  cwLogRegion: z.unknown().optional(),
  cwIgnoreFailures: z.unknown().optional(),
  documentS3BucketOwner: z.unknown().optional(),
  stateDirectory: z.unknown().optional(),
});

const largest = 1024 * 1024;

/** Throws `USAGE`. */
export async function readRunConfig(path: string): Promise<RunConfig> {
  const parsed = shape.safeParse(await readJson(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue && issue.path.length > 0 ? ` (at ${issue.path.join('.')})` : '';
    throw usage(`${path} is no configuration of a run: ${issue?.message}${where}.`);
  }
  const { documents, parameters, phases, executionId, executonId, logDirectory, trace, ...others } =
    parsed.data;
  return {
    documents: documents.map((document) => ({
      path: document.path,
      parameters: asRecord(document.parameters),
    })),
    parameters: asRecord(parameters),
    phases,
    executionId: executionId ?? executonId,
    logDirectory,
    trace,
    ignored: Object.keys(others),
  };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse((await readBeginning(path, largest)).toString('utf8'));
  } catch (error) {
    throw usage(`The configuration ${path} cannot be read: ${(error as Error).message}.`);
  }
}

function asRecord(
  list: readonly { readonly name: string; readonly value: string }[],
): Record<string, string> {
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

function usage(message: string): GildError {
  return new GildError({ code: 'USAGE', message });
}
