import type { Host } from '../../host/types.ts';
import type { TreeStore } from '../../trees/types.ts';
import type { Platform } from '../types.ts';
import { startMachine } from './machine.ts';

export interface SandboxContext {
  readonly host: Host;
  readonly trees: TreeStore;
}

/** Machines that are containers on this computer: an overlay over the tree's layers, one container per command. */
export function createSandbox(context: SandboxContext): Platform {
  return {
    name: 'sandbox',
    describe: async () => (await context.host.facts()).notes,
    start: (tree, options) => startMachine(context, tree, options),
  };
}
