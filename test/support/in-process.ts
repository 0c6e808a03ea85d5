import type { BuildOptions, BuildOutcome, Hooks } from '../../src/build/types.ts';
import { buildRecipe } from '../../src/build.ts';

/** Builds in this process, in the home that GILD_HOME names: much sooner done than through the command line. */
export function buildHere(
  recipe: string,
  options: Pick<BuildOptions, 'cache'> & Partial<Pick<BuildOptions, 'onError'> & Pick<Hooks, 'ask' | 'emit'>>,
): Promise<BuildOutcome> {
  const { onError = 'cleanup', cache, ask, emit } = options;
  return buildRecipe(
    { recipe, vars: {}, varFiles: [], onError, debug: false, ...(cache && { cache }) },
    {
      emit: emit ?? (() => undefined),
      signal: new AbortController().signal,
      ask: ask ?? (async (_question, choices) => choices[0] ?? ''),
      interact: (job) => job(),
    },
  );
}

/** Lets GILD_HOME name this home; returns how to undo that. */
export function useHome(home: string): () => void {
  const before = process.env.GILD_HOME;
  process.env.GILD_HOME = home;
  return () => {
    if (before === undefined) delete process.env.GILD_HOME;
    else process.env.GILD_HOME = before;
  };
}
