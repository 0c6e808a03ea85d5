import { boot } from './boot.ts';
import { command } from './command.ts';
import { file } from './file.ts';
import { http } from './http.ts';
import { instances } from './instances.ts';
import { packageCheck } from './package.ts';
import { port } from './port.ts';
import { reboot } from './reboot.ts';
import { service } from './service.ts';
import type { Check } from './types.ts';
import { user } from './user.ts';

/** Every kind of test that a recipe can ask for. */
export const checks: readonly Check[] = [
  command,
  file,
  packageCheck,
  port,
  http,
  user,
  service,
  reboot,
  boot,
  instances,
];

/** Whether only a disk can carry the test out. */
export function needsDisk(type: string): boolean {
  return find(type)?.needs === 'disk';
}

/** Whether a disk is to pass the test with each way to boot it. */
export function ofEachBoot(type: string): boolean {
  return needsDisk(type) && find(type)?.once !== true;
}

function find(type: string): Check | undefined {
  return checks.find((check) => check.type === type);
}
