import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../support/canonical.ts';
import { readCheckedJson, writeCheckedJson } from '../support/checked-json.ts';
import { type ProbeContext, type ProbedHost, probeHost } from './probe.ts';
import { bootId } from './proc.ts';
import { programsFingerprint } from './programs.ts';
import { seccompProfile } from './seccomp.ts';

/** What a probe found, from `facts/<uid>.json` while boot, programs and ids are those of the probe. */
export async function hostFacts(context: ProbeContext): Promise<ProbedHost> {
  const file = join(context.home, 'facts', `${process.getuid?.()}.json`);
  const key = digestOf('host', [
    bootId(),
    programsFingerprint(),
    context.ids,
    seccompProfile(),
    readOwnCgroups(),
  ]);
  const cached = await readCheckedJson<Cached>(file);
  if (cached?.key === key) return cached.probed;
  const probed = await probeHost(context);
  await writeCheckedJson(file, { key, probed } satisfies Cached);
  return probed;
}

interface Cached {
  readonly key: string;
  readonly probed: ProbedHost;
}

/** Another session may have another cgroup, in which other limits can be enforced. */
function readOwnCgroups(): string {
  return readFileSync('/proc/self/cgroup', 'utf8').replace(/\d+/g, '');
}
