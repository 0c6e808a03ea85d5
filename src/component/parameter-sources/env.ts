import type { ParameterSource } from './types.ts';

/** `GILD_SSM_APP_KEY` is `/app/key`. Whether a value is secret cannot be told from a variable, so all are. */
export function envParameters(env: Readonly<Record<string, string | undefined>>): ParameterSource {
  return {
    read: async (name) => {
      const value = env[variableOf(name)];
      return value === undefined ? undefined : { value, secret: true };
    },
  };
}

function variableOf(name: string): string {
  return `GILD_SSM_${name
    .replace(/^\/+/, '')
    .replace(/[^A-Za-z0-9]/g, '_')
    .toUpperCase()}`;
}
