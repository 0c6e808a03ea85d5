import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostResolver, slirpResolver } from '../../host/network.ts';
import { requireProgram } from '../../host/programs.ts';
import type { HostFacts, Mount } from '../../host/types.ts';
import type { MachineOptions } from '../types.ts';
import { sharedName } from './shared.ts';

const toolboxPath = '/run/gild/busybox';

/** A static busybox on `/run`, so that images without any program can be worked on. */
export const toolbox: readonly string[] = [toolboxPath];

/** 101: "action forbidden by policy". */
const policy = '#!/bin/sh\nexit 101\n';
const hosts = '127.0.0.1\tlocalhost gild\n::1\tlocalhost ip6-localhost ip6-loopback\n';

/**
 * `command`: what every command sees. `files`: for moving files in and out, without what would lie over
 * a file of the image.
 */
export function machineMounts(
  folder: string,
  options: MachineOptions & { readonly facts: HostFacts; readonly hasUsr: boolean },
): { command: Mount[]; files: Mount[] } {
  const bind = (name: string, target: string, content: string, mode = 0o644): Mount => {
    writeFileSync(join(folder, name), content, { mode });
    return { source: join(folder, name), target, readonly: true };
  };
  const busybox = requireProgram('busybox');
  const files: Mount[] = [
    { source: join(folder, 'run'), target: '/run' },
    { source: busybox, target: toolboxPath, readonly: true },
  ];
  const command = [...files, bind('hosts', '/etc/hosts', hosts)];
  if (options.network === 'on') {
    const resolver = options.facts.network === 'host' ? hostResolver() : slirpResolver;
    command.push(bind('resolv.conf', '/etc/resolv.conf', resolver));
  }
  if (options.hasUsr) command.push(bind('policy-rc.d', '/usr/sbin/policy-rc.d', policy, 0o755));
  for (const [index, { source, target, below }] of (options.shared ?? []).entries())
    command.push({ source: below === undefined ? source : join(folder, sharedName(index)), target });
  if (options.secrets && options.secrets.size > 0) {
    command.push({ source: join(folder, 'secrets'), target: '/run/secrets', readonly: true });
  }
  return { command, files };
}
