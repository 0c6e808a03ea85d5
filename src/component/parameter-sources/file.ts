import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { GildError } from '../../support/errors.ts';
import type { ParameterSource, StoredParameter } from './types.ts';

/**
 * Parameters in a YAML or JSON file: `/app/port: "8080"`, or `/app/key: {value: ..., secret: true}`. The file is read
 * when the first parameter is asked for.
 */
export function fileParameters(path: string): ParameterSource {
  let all: Promise<ReadonlyMap<string, StoredParameter>> | undefined;
  return {
    read: async (name) => {
      all ??= readAll(path);
      return (await all).get(name);
    },
  };
}

async function readAll(path: string): Promise<ReadonlyMap<string, StoredParameter>> {
  let data: unknown;
  try {
    data = parse(await readFile(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw unreadable(path, why, error);
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw unreadable(path, 'it must be a map of names and values');
  return new Map(Object.entries(data).map(([name, value]) => [name, parameterOf(path, name, value)]));
}

function parameterOf(path: string, name: string, value: unknown): StoredParameter {
  if (typeof value === 'object' && value !== null && 'value' in value) {
    const secret = 'secret' in value && value.secret === true;
    return { value: String(value.value), secret };
  }
  if (value === null || typeof value === 'object')
    throw unreadable(path, `\`${name}\` must be text, or {value: ..., secret: true}`);
  return { value: String(value), secret: false };
}

function unreadable(path: string, why: string, cause?: unknown): GildError {
  return new GildError({
    code: 'PARAMETER_STORE_FAILED',
    message: `The parameters in ${path} cannot be read: ${why}.`,
    hint: 'Write lines like `/app/port: "8080"`.',
    cause,
  });
}
