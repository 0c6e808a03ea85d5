import { defineConfig } from 'rolldown';

/**
 * A command starts in half the time that the sources take: of a graph of small files, the looking up costs more than
 * the reading. What every command needs is one file, and what at least four of the parts share that load together is
 * another; fewer would draw in clients of clouds. Modules run when they are first needed, in the order of the sources.
 */
export default defineConfig({
  input: { main: 'src/cli/main.ts', index: 'src/index.ts' },
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'esm',
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
