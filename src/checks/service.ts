import { z } from 'zod';
import { capture } from './capture.ts';
import { defineCheck } from './define-check.ts';
import { failed, needsDisk, passed } from './findings.ts';
import { readUnit, type UnitState, unitName } from './systemd-units.ts';
import type { CheckContext } from './types.ts';

const schema = z.strictObject({
  service: z
    .string()
    .max(256)
    .regex(/^[A-Za-z0-9:_.\\@-]+$/, 'the name of a systemd unit')
    .describe('Name of the systemd unit; `.service` is added if it has no type.'),
  exists: z.boolean().default(true).describe('Whether there must be such a unit, or must not.'),
  enabled: z
    .boolean()
    .optional()
    .describe('Whether it must start at boot, or must not: judged by links and presets.'),
  running: z.boolean().optional().describe('Whether it must be running; this needs a disk output.'),
});

export const service = defineCheck({
  type: 'service',
  summary: 'Looks up a systemd unit: there, enabled, disabled, running',
  needs: 'container',
  needsMainProcess: false,
  schema,
  async run(options, { machine, vm, signal }) {
    if (options.running !== undefined && !vm) return needsDisk('`running` of a service test');
    const name = unitName(options.service);
    const unit = await readUnit(machine, name, signal);
    if (!unit) {
      return options.exists || options.enabled
        ? failed(`expected unit ${name} to exist, but no unit folder has it`)
        : passed(`unit ${name} does not exist`);
    }
    if (!options.exists) return failed(`expected unit ${name} not to exist, found ${unit.file}`);
    const findings = [
      ...(options.enabled === undefined ? [] : [onEnabled(name, unit, options.enabled)]),
      ...(options.running === undefined ? [] : [await onRunning(name, options.running, { machine, signal })]),
    ];
    return (
      findings.find(({ status }) => status !== 'passed') ??
      findings[0] ??
      passed(`unit ${name} is ${unit.file}`)
    );
  },
});

async function onRunning(
  name: string,
  expected: boolean,
  { machine, signal }: Pick<CheckContext, 'machine' | 'signal'>,
) {
  const argv = ['systemctl', 'is-active', name];
  const state = (await capture(machine, { argv, timeoutMs: 60_000, signal })).stdout.trim() || 'unknown';
  const found = state === 'active';
  if (found === expected) return passed(`unit ${name} is ${state}`);
  return failed(
    `expected unit ${name} ${expected ? 'to be active' : 'not to be active'}, but it is ${state}`,
  );
}

function onEnabled(name: string, unit: UnitState, expected: boolean) {
  const found = unit.state === 'enabled';
  if (found === expected) return passed(`unit ${name} is ${unit.state}: ${unit.because}`);
  const wanted = expected ? 'enabled' : 'disabled';
  return failed(`expected unit ${name} to be ${wanted}, but it is ${unit.state}: ${unit.because}`);
}
