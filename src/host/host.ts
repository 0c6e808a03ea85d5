import { chmodSync, mkdirSync, realpathSync } from 'node:fs';
import { hostFacts } from './facts.ts';
import { defaultHome, prepareHome } from './home.ts';
import { hostIds } from './ids.ts';
import { type Lease, leaseOf } from './lease.ts';
import { type NamespaceContext, openNamespace } from './namespace.ts';
import type { ProbedHost } from './probe.ts';
import { removeTree } from './remove-tree.ts';
import type { Host } from './types.ts';

/** This computer, with everything that Gild keeps on it under `home` (see `defaultHome`). Touches nothing yet. */
export function createHost(options: { readonly home?: string } = {}): Host {
  const home = realpathOr(options.home ?? defaultHome());
  let prepared: { readonly lease: Lease; readonly probed: Promise<ProbedHost> } | undefined;
  const prepare = () => {
    if (prepared) return prepared;
    const ids = hostIds();
    prepareHome(home, ids);
    const lease = leaseOf(home);
    const probed = hostFacts({ home, ids, lease });
    probed.catch(() => {
      prepared = undefined;
    });
    prepared = { lease, probed };
    return prepared;
  };
  const host: Host = {
    home,
    facts: async () => (await prepare().probed).facts,
    scratch: async (label) => {
      prepareHome(home, hostIds());
      const path = leaseOf(home).reserve(label);
      mkdirSync(path, { recursive: true });
      chmodSync(path, 0o711);
      let released: Promise<void> | undefined;
      return {
        path,
        release: () => {
          released ??= removeTree(host, path);
          return released;
        },
      };
    },
    namespace: async (namespaceOptions) => {
      const { lease, probed } = prepare();
      const { facts, cgroups, seccompProgram } = await probed;
      const context: NamespaceContext = {
        home,
        lease,
        ids: { rootless: facts.rootless, ...facts.ids },
        runtime: facts.runtime,
        network: facts.network,
        cgroups,
        seccompProgram,
      };
      return openNamespace(context, namespaceOptions);
    },
  };
  return host;
}

function realpathOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
