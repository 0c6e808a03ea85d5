import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../support/package-root.ts';

/** While `job` runs, `import ... from 'gild'` means this Gild, wherever the importing file is. */
export async function withOwnPackage<T>(job: () => Promise<T>): Promise<T> {
  const index = import.meta.filename.endsWith('.ts') ? 'src/index.ts' : 'dist/index.js';
  const url = pathToFileURL(join(packageRoot(), index)).href;
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'gild' ? { url, shortCircuit: true } : next(specifier, context),
  });
  try {
    return await job();
  } finally {
    hooks.deregister();
  }
}
