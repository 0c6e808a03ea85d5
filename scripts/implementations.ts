import { writeFile } from 'node:fs/promises';
import { recorded, recordPath, sourcesNow } from '../test/support/implementations.ts';

/** Settles that the sources as they are now make what their versions say; names what changed. */
const before = await recorded().catch(() => new Map<string, string>());
const now = await sourcesNow();
const changed = [...now].filter(([name, hash]) => before.get(name) !== hash).map(([name]) => name);
await writeFile(recordPath, `${JSON.stringify(Object.fromEntries(now), undefined, 2)}\n`);
console.log(
  changed.length === 0
    ? 'Nothing changed.'
    : `Settled: ${changed.join(', ')}. If one of them makes something else now, raise it in src/plan/implementations.ts.`,
);
