import type { BaseSpec, BuildSpec, ComponentSpec } from '../model/buildspec.ts';
import type { Lock, LockedBase, LockedComponent } from '../model/lock.ts';
import { GildError } from '../support/errors.ts';
import { lockFile } from './files.ts';

export interface ResolveDeps {
  readonly resolveBase: (spec: BaseSpec) => Promise<LockedBase>;
  /** Throws `COMPONENT_NOT_FOUND`, `COMPONENT_INVALID`, `PARAMETER_INVALID`. */
  readonly readComponent: (spec: ComponentSpec) => Promise<ReadComponent>;
  readonly signal?: AbortSignal | undefined;
}

export type ReadComponent = Pick<LockedComponent, 'document' | 'parameters' | 'nested' | 'varies'>;

/** BuildSpec -> Lock: looks at the outside world once. All problems of components and files come in one go. */
export async function resolveSpec(spec: BuildSpec, deps: ResolveDeps): Promise<Lock> {
  const base = deps.resolveBase(spec.base);
  base.catch(() => undefined);
  const problems: GildError[] = [];
  const components = await collect(spec.components, problems, (component) => lockComponent(component, deps));
  const files = await collect(spec.files, problems, (file) => lockFile(file, deps.signal));
  const [only] = problems;
  if (only && problems.length === 1) throw only;
  if (only)
    throw new GildError({
      code: only.code,
      message: `${problems.length} things are missing or wrong.`,
      problems,
    });
  return { base: await base, components, files };
}

async function lockComponent(component: ComponentSpec, deps: ResolveDeps): Promise<LockedComponent> {
  const read = await deps.readComponent(component);
  const { name, version, digest } = read.document;
  return { name, version, digest, ...read };
}

async function collect<In, Out>(
  items: readonly In[],
  problems: GildError[],
  job: (item: In) => Promise<Out>,
): Promise<Out[]> {
  const done: Out[] = [];
  for (const item of items) {
    try {
      done.push(await job(item));
    } catch (error) {
      if (!(error instanceof GildError) || error.kind === 'cancelled') throw error;
      problems.push(...(error.problems.length > 0 ? error.problems : [error]));
    }
  }
  return done;
}
