import type { RecipeKinds } from '../recipe/kinds.ts';

/** What recipes can name, from the registries; loaded only by commands that read a recipe. */
export async function loadKinds(): Promise<RecipeKinds> {
  const [{ parseBase }, { outputs }, { checks }, { actions }, { platforms }] = await Promise.all([
    import('../bases/index.ts'),
    import('../outputs/index.ts'),
    import('../checks/index.ts'),
    import('../component/actions/index.ts'),
    import('../platforms/index.ts'),
  ]);
  return { parseBase, outputs, checks, platforms: Object.keys(platforms), actions: Object.keys(actions) };
}
