import { runProcess } from '../support/process.ts';
import { findProgram } from './tools.ts';

/** Debian's versions of these packages, asked for in one go; empty on other systems. */
export async function packageVersions(packages: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  if (packages.length === 0 || !findProgram('dpkg-query')) return versions;
  const said: Buffer[] = [];
  await runProcess(['dpkg-query', '--show', ...packages], { onStdout: (chunk) => said.push(chunk) });
  for (const line of Buffer.concat(said).toString().split('\n')) {
    const [name = '', version = ''] = line.split('\t');
    if (version !== '') versions.set(name, version);
  }
  return versions;
}
