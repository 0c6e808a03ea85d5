import { defineConfig } from 'vitest/config';

/**
 * `unit` runs in seconds without privileges; `host` makes real namespaces, sandboxes and images
 * (`*.host.test.ts`) and wants the host tools that `npm run setup` installs.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/*.host.test.ts', 'node_modules/**'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'host',
          include: ['src/**/*.host.test.ts', 'test/**/*.host.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
