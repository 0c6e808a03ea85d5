import { GildError } from '../../support/errors.ts';
import type { ParameterSource } from './types.ts';

/** AWS Systems Manager, with region, endpoint and credentials as AWS's own tools find them. The SDK is loaded when asked. */
export function ssmParameters(options: { readonly region: string }): ParameterSource {
  let client: Promise<Client> | undefined;
  return {
    read: async (name, signal) => {
      client ??= createClient(options.region);
      const { send } = await client;
      return send(name, signal);
    },
  };
}

interface Client {
  readonly send: ParameterSource['read'];
}

async function createClient(region: string): Promise<Client> {
  const { SSMClient, GetParameterCommand, ParameterNotFound } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient({ region });
  return {
    send: async (name, signal) => {
      try {
        const command = new GetParameterCommand({ Name: name, WithDecryption: true });
        const { Parameter } = await client.send(command, signal ? { abortSignal: signal } : {});
        if (Parameter?.Value === undefined) return undefined;
        return { value: Parameter.Value, secret: Parameter.Type === 'SecureString' };
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof ParameterNotFound) return undefined;
        const why = error instanceof Error ? error.message : String(error);
        throw new GildError({
          code: 'PARAMETER_STORE_FAILED',
          message: `The parameter ${name} cannot be read from AWS Systems Manager: ${why}.`,
          hint: 'Region, endpoint and credentials are those that AWS’s own tools use.',
          cause: error,
        });
      }
    },
  };
}
