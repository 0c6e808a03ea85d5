import { bootId, pidNamespace, startTime } from '../host/proc.ts';

/** What tells this process from any other one that has, or will have, its pid. */
export function ownIdentity(): string {
  return [bootId(), pidNamespace(), startTime(process.pid)].join('/');
}

/** Whether that process still runs. One of another PID namespace cannot be seen: it counts as running until reboot. */
export function isRunning(pid: number, identity: string): boolean {
  const [boot, namespace, started] = identity.split('/');
  if (boot !== bootId()) return false;
  return namespace !== pidNamespace() || startTime(pid) === started;
}
