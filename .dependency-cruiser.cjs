/**
 * The walls of docs/design/house.md. A room imports from the ground, from itself, and along the arrows below;
 * `room/types` as a target means that room's `types.ts` only.
 */
const arrows = {
  model: [],
  support: ['model'],
  host: ['support', 'model'],
  recipe: [],
  component: ['platforms/types'],
  resolve: ['bases/types', 'component'],
  bases: ['trees/types', 'images/types'],
  freshness: ['bases'],
  plan: [],
  engine: ['component', 'platforms/types'],
  platforms: ['trees/types'],
  trees: ['store'],
  disks: [],
  sanitise: ['platforms/types'],
  vm: ['platforms/types', 'platforms/environment', 'platforms/unreachable', 'platforms/users'],
  outputs: ['trees/types', 'store/types', 'disks'],
  checks: ['platforms/types', 'platforms/unreachable', 'vm/types'],
  store: [],
  images: ['store'],
  cache: ['store'],
};

/** Tests use the real things of other rooms. */
const tests = '([.]test|-suite|/(test|sample)-[^/]+)[.]ts$';

const ground = ['host', 'support', 'model'];

/** A room of the ground may not look up, the others may use all of the ground. */
function mayImport(room) {
  const targets = ground.includes(room) ? arrows[room] : [...ground, ...arrows[room]];
  return [room, ...targets].map((target) =>
    target.includes('/') ? `^src/${target}[.]ts$` : `^src/${target}/`,
  );
}

const walls = Object.keys(arrows).map((room) => ({
  name: `${room}-walls`,
  comment: `${room}/ imports ${[...arrows[room]].join(', ') || 'nothing'} beside ${ground.includes(room) ? 'itself' : 'the ground'}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: tests },
  to: { path: '^src/', pathNot: mayImport(room) },
}));

module.exports = {
  forbidden: [
    ...walls,
    {
      name: 'wiring-below-faces',
      comment: 'The one place that wires all knows nothing of its faces',
      severity: 'error',
      from: { path: '^src/build(/|[.]ts$)' },
      to: { path: '^src/(cli|index)' },
    },
    {
      name: 'faces-through-the-wiring',
      comment: 'Nobody imports the command line',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'A module that nobody uses and that uses nobody is left over',
      severity: 'error',
      from: { orphan: true, pathNot: ['[.]d[.]ts$', '[.]test[.]ts$', '^src/index[.]ts$'] },
      to: {},
    },
    {
      name: 'no-test-imports',
      comment: 'Only tests import tests',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: '[.]test[.]ts$' },
    },
    {
      name: 'no-development-packages',
      comment: 'What is shipped stands on dependencies alone',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'no-unknown',
      comment: 'Every import leads somewhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
