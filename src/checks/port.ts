import { z } from 'zod';
import { utility } from './capture.ts';
import { defineCheck } from './define-check.ts';
import { failed, passed } from './findings.ts';
import { listeningPorts } from './listening-ports.ts';
import { until } from './until.ts';

const schema = z.strictObject({
  port: z.int().min(1).max(65_535).describe('TCP port on which the image must listen.'),
  timeoutSeconds: z.number().positive().max(600).default(10).describe('How long it may take to get there.'),
});

export const port = defineCheck({
  type: 'port',
  summary: 'Waits until the image, started as it would be, listens on a TCP port',
  needs: 'container',
  needsMainProcess: true,
  schema,
  async run({ port, timeoutSeconds }, { machine, vm, signal }) {
    const seconds = timeoutSeconds * (vm?.patience ?? 1);
    const ask = async () => {
      const tables = await utility(machine, ['cat', '/proc/net/tcp', '/proc/net/tcp6'], signal);
      const ports = listeningPorts(tables.stdout);
      return { ports, done: ports.includes(port) };
    };
    const { ports, done } = await until(ask, { seconds, signal });
    if (done) return passed(`port ${port} listens`);
    return failed(`expected port ${port} to listen within ${seconds} s, but ${others(ports)}`);
  },
});

function others(ports: readonly number[]): string {
  if (ports.length === 0) return 'nothing listens';
  if (ports.length > 8) return `only ${ports.slice(0, 8).join(', ')} and ${ports.length - 8} more do`;
  return `only ${ports.join(', ')} ${ports.length === 1 ? 'does' : 'do'}`;
}
