import { defineConfig } from 'rolldown';

const common = { dir: 'dist', format: 'esm' } as const;

/**
 * A command starts in half the time that the sources take: of a graph of small files, the looking up costs more than
 * the reading. What every command needs is one file, and what at least four of the parts share that load together is
 * another; fewer would draw in clients of clouds. Modules run when they are first needed, in the order of the sources.
 */
const commands = defineConfig({
  input: { main: 'src/cli/main.ts', index: 'src/index.ts' },
  platform: 'node',
  output: {
    ...common,
    cleanDir: true,
    chunkFileNames: 'chunks/[name]-[hash].js',
    strictExecutionOrder: true,
    codeSplitting: {
      groups: [
        { name: 'start', tags: ['$initial'], priority: 2 },
        { name: 'work', minShareCount: 4, priority: 1 },
      ],
    },
  },
});

/** Programs of threads: each is one file with nothing of the commands in it. */
const threads = defineConfig({
  input: { 'packing-worker': 'src/disks/formats/packing-worker.ts' },
  platform: 'node',
  output: common,
});

export default [commands, threads];
