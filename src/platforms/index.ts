import type { SandboxContext } from './sandbox/sandbox.ts';
import type { Platform } from './types.ts';

/** Every platform by the name that recipes use; loaded when a machine is wanted. */
export const platforms: Readonly<Record<string, (context: SandboxContext) => Promise<Platform>>> = {
  sandbox: async (context) => (await import('./sandbox/sandbox.ts')).createSandbox(context),
};
