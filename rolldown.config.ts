import { defineConfig, type Plugin } from 'rolldown';

const common = { dir: 'dist', format: 'esm' } as const;

/**
 * Loads a built-in module of Node when a module that imports it first runs, and reads of it what is imported. Left to Node,
 * it is loaded with the file that has the import, and all of its properties are read, of which some load half of Node.
 */
const builtins: Plugin = {
  name: 'builtins',
  resolveId: (id, _importer, { kind }) =>
    kind === 'import-statement' && id.startsWith('node:') && id !== 'node:module' ? `\0${id}` : undefined,
  load: (path) => (path.startsWith('\0node:') ? propertiesOf(path.slice(1)) : undefined),
};

function propertiesOf(id: string): string {
  const all = `process.getBuiltinModule('${id}')`;
  const names = Object.keys(process.getBuiltinModule(id) ?? {}).filter((name) => /^[A-Za-z]\w*$/.test(name));
  return [
    ...names.map((name) => `const own_${name} = /* @__PURE__ */ (() => ${all}.${name})();`),
    `export { ${names.map((name) => `own_${name} as ${name}`).join(', ')} };`,
    `export default ${all};`,
  ].join('\n');
}

/**
 * A command starts in half the time that the sources take: of a graph of small files, the looking up costs more than
 * the reading. What every command needs is one file, and what at least four of the parts share that load together is
 * another; fewer would draw in clients of clouds. Modules run when they are first needed, in the order of the sources.
 */
const commands = defineConfig({
  input: { main: 'src/cli/main.ts', index: 'src/index.ts' },
  platform: 'node',
  plugins: [builtins],
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
