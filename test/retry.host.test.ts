import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildHere, useHome } from './support/in-process.ts';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

let space: Workspace;
let leaveHome: () => void;

beforeAll(async () => {
  space = await openWorkspace('retry');
  leaveHome = useHome(space.home);
});
afterAll(async () => {
  leaveHome();
  await space.remove();
});

/** What all machines of a run share, and no layer holds: there it can be seen that a step was tried before. */
const tried = '/var/cache/apt/tried';

const recipe = (second: string) =>
  smallRecipe({
    version: '1.0.0',
    components: [
      script('echo first > /etc/first', 'first'),
      script(
        `[ ! -e /etc/half ] || exit 9; echo changed > /etc/first; echo half > /etc/half; ${second}`,
        'second',
      ),
    ],
    outputs: ['rootfs'],
  });

it('a step that is tried again begins where it began the first time', async () => {
  const flaky = await space.write('flaky.json', recipe(`[ -e ${tried} ] || { touch ${tried}; exit 3; }`));
  const asked: string[] = [];
  const retried = await buildHere(flaky, {
    onError: 'ask',
    ask: async (question) => {
      asked.push(question);
      return asked.length === 1 ? 'retry' : 'cleanup';
    },
  });
  expect(asked).toEqual(['component/second failed. What now?']);
  const smooth = await buildHere(await space.write('smooth.json', recipe('true')), {});
  expect(retried.artifacts).toEqual(smooth.artifacts);
  expect(smooth.artifacts).toHaveLength(1);
});
