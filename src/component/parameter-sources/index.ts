import { envParameters } from './env.ts';
import { fileParameters } from './file.ts';
import { ssmParameters } from './ssm.ts';
import type { ParameterSource } from './types.ts';

/** What this computer is set up to ask, in that order: a file, variables, AWS. */
export function parameterSources(
  env: Readonly<Record<string, string | undefined>>,
): readonly ParameterSource[] {
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  return [
    ...(env.GILD_SSM_FILE ? [fileParameters(env.GILD_SSM_FILE)] : []),
    envParameters(env),
    ...(region ? [ssmParameters({ region })] : []),
  ];
}

/** The first that has a parameter answers. */
export function firstOf(sources: readonly ParameterSource[]): ParameterSource {
  return {
    read: async (name, signal) => {
      for (const source of sources) {
        const stored = await source.read(name, signal);
        if (stored) return stored;
      }
      return undefined;
    },
  };
}
