import { describe, expect, it } from 'vitest';
import { readImageConfig } from './config.ts';

const diff = `sha256:${'1'.repeat(64)}`;
const now = Date.parse('2026-01-01T00:00:00Z');

function read(extra: Record<string, unknown>) {
  return readImageConfig({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [diff] }, ...extra }, now);
}

describe('readImageConfig', () => {
  it('carries how the image is run', () => {
    const config = {
      Env: ['PATH=/bin', 'A=b=c', 'broken', '=x'],
      Cmd: ['sh'],
      Entrypoint: ['/init', '--'],
      User: '101:102',
      WorkingDir: '/srv',
      ExposedPorts: { '80/tcp': {}, '53': {} },
      Labels: { a: 'b', c: 1 },
    };
    expect(read({ config })?.config).toEqual({
      env: { PATH: '/bin', A: 'b=c' },
      cmd: ['sh'],
      entrypoint: ['/init', '--'],
      user: '101:102',
      workingDir: '/srv',
      ports: ['53/tcp', '80/tcp'],
      labels: { a: 'b' },
    });
  });

  it('leaves out what the image does not say', () => {
    expect(read({ config: { Env: null, Cmd: null, User: '', WorkingDir: '' } })?.config).toEqual({});
    expect(read({})?.config).toEqual({});
  });

  it.each([
    ['2024-05-01T12:00:00.123456789Z', 1714564800],
    ['1970-01-01T00:00:00Z', 0],
    ['0001-01-01T00:00:00Z', 0],
    ['2999-01-01T00:00:00Z', now / 1000],
    ['nonsense', 0],
    [17, 0],
    [undefined, 0],
  ])('dates an image created %s to %d', (created, epoch) => {
    expect(read({ created })?.epoch).toBe(epoch);
  });

  it('takes the newest date of the history where the image has none', () => {
    const history = [{ created: '2020-01-01T00:00:00Z' }, { created: '2021-01-01T00:00:00Z' }, {}];
    expect(read({ created: '1970-01-01T00:00:00Z', history })?.epoch).toBe(1609459200);
  });

  it('says what made each layer if the history fits', () => {
    const history = [{ created_by: 'ENV', empty_layer: true }, { created_by: 'ADD x' }];
    expect(read({ history })?.createdBy).toEqual(['ADD x']);
    expect(read({ history: [{ created_by: 'a' }, { created_by: 'b' }] })?.createdBy).toEqual(['']);
  });

  it.each([null, [], {}, 'x', { architecture: 'amd64', rootfs: { diff_ids: ['sha256:x'] } }])(
    'refuses %j',
    (value) => {
      expect(readImageConfig(value, now)).toBeUndefined();
    },
  );
});
