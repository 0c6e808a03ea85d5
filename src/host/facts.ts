import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../support/canonical.ts';
import { writeAtomically } from '../support/files.ts';
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
  const cached = read(file);
  if (cached?.key === key) return cached.probed;
  const probed = await probeHost(context);
  await writeAtomically(file, JSON.stringify({ key, probed }));
  return probed;
}

interface Cached {
  readonly key: string;
  readonly probed: ProbedHost;
}

function read(file: string): Cached | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Cached;
  } catch {
    return undefined;
  }
}

/** Another session may have another cgroup, in which other limits can be enforced. */
function readOwnCgroups(): string {
  return readFileSync('/proc/self/cgroup', 'utf8').replace(/\d+/g, '');
}
