import type { StepCache } from '../../cache/types.ts';
import { layersWithPackages, listPackages, type PackageList } from '../../images/packages.ts';
import type { Tree } from '../../model/tree.ts';
import { readLayer } from '../read-layer.ts';
import { packagesWork } from '../work.ts';
import type { Workshop } from '../workshop.ts';

/** Read once of a tree, and once of all trees that differ only in what has nothing to do with packages. */
export async function packagesOf(
  tree: Tree,
  { workshop, cache }: { readonly workshop: Workshop; readonly cache: StepCache },
): Promise<PackageList> {
  const known = await cache.take(packagesWork(tree));
  if (known.outcome === 'hit' && known.record.result.packages) return known.record.result.packages;
  const read = readLayer(workshop.trees);
  const layers = await layersWithPackages(tree.layers, read);
  const { result } = await cache.reuse(packagesWork({ layers }), async () => ({
    packages: await listPackages(layers, read),
  }));
  if (layers.length < tree.layers.length) await cache.keep(packagesWork(tree), { result, seconds: 0 });
  return result.packages;
}
