import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { envParameters } from './env.ts';
import { fileParameters } from './file.ts';
import { firstOf, parameterSources } from './index.ts';
import { ssmParameters } from './ssm.ts';
import type { ParameterSource } from './types.ts';

let folder: string;
let server: Server;
let before: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-parameters-'));
  await writeFile(
    join(folder, 'a.yaml'),
    '/app/port: "8080"\n/app/key: {value: k3y-of-the-app, secret: true}\n',
  );
  server = createServer(async (request, response) => {
    const { Name, WithDecryption } = JSON.parse(await text(request)) as {
      Name: string;
      WithDecryption: boolean;
    };
    const known = { '/app/port': ['8080', 'String'], '/app/key': ['k3y-of-the-app', 'SecureString'] }[Name];
    const denied = Name === '/denied';
    response.writeHead(known ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    const type = denied ? 'AccessDeniedException' : 'ParameterNotFound';
    const [Value, Type] = known ?? [];
    response.end(
      JSON.stringify(
        known && WithDecryption ? { Parameter: { Name, Value, Type } } : { __type: type, message: 'no' },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(async () => {
  for (const name of ['AWS_ENDPOINT_URL_SSM', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const members: readonly (readonly [name: string, make: () => ParameterSource, knowsWhatIsSecret: boolean])[] =
  [
    ['a file', () => fileParameters(join(folder, 'a.yaml')), true],
    [
      'variables',
      () => envParameters({ GILD_SSM_APP_PORT: '8080', GILD_SSM_APP_KEY: 'k3y-of-the-app' }),
      false,
    ],
    ['AWS Systems Manager', () => ssmParameters({ region: 'eu-west-1' }), true],
  ];

describe.each(members)('parameters in %s', (_name, make, knowsWhatIsSecret) => {
  it('are found by name', async () => {
    expect(await make().read('/app/port')).toEqual({ value: '8080', secret: !knowsWhatIsSecret });
  });

  it('can be secret', async () => {
    expect(await make().read('/app/key')).toEqual({ value: 'k3y-of-the-app', secret: true });
  });

  it('that are not there are undefined', async () => {
    expect(await make().read('/nowhere')).toBeUndefined();
  });
});

describe('parameters', () => {
  it('come from the first source that has them', async () => {
    const both = firstOf(
      parameterSources({ GILD_SSM_FILE: join(folder, 'a.yaml'), GILD_SSM_APP_OWN: 'mine' }),
    );
    expect([await both.read('/app/own'), await both.read('/app/port'), await both.read('/x')]).toEqual([
      { value: 'mine', secret: true },
      { value: '8080', secret: false },
      undefined,
    ]);
  });

  it('in a file that is none are an error that names it', async () => {
    await writeFile(join(folder, 'bad.yaml'), 'a: [');
    await expect(fileParameters(join(folder, 'bad.yaml')).read('/a')).rejects.toThrow(
      /bad\.yaml cannot be read/,
    );
    await expect(fileParameters(join(folder, 'none.yaml')).read('/a')).rejects.toThrow(/ENOENT/);
  });

  it('that AWS refuses are an error, and no missing parameter', async () => {
    await expect(ssmParameters({ region: 'eu-west-1' }).read('/denied')).rejects.toThrow(
      'The parameter /denied cannot be read from AWS Systems Manager',
    );
  });
});
