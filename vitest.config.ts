import { defineConfig } from 'vitest/config';

/** Seconds are usual, or a minute or two for what needs the host: what takes this long hangs, however busy the machine is. */
const hangMs = 180_000;

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
          testTimeout: hangMs,
          hookTimeout: hangMs,
        },
      },
      {
        test: {
          name: 'host',
          include: ['src/**/*.host.test.ts', 'test/**/*.host.test.ts'],
          testTimeout: 3 * hangMs,
          hookTimeout: 3 * hangMs,
          maxWorkers: 2,
        },
      },
    ],
  },
});
