import type { LintRule, LintStep } from '../types.ts';

export const unreachable: LintRule = {
  name: 'unreachable',
  summary:
    'A command or step never runs, because what stands before it always ends the script or the document.',
  why: 'Somebody believes that it runs.',
  wrong: `- name: Stop
  action: ExecuteBash
  inputs:
    commands:
      - exit 1
- name: Never
  action: ExecuteBash
  inputs:
    commands:
      - echo hello
`,
  right: `- name: Stop
  action: ExecuteBash
  inputs:
    commands:
      - test -e /etc/app.conf || exit 1
- name: Perhaps
  action: ExecuteBash
  inputs:
    commands:
      - echo hello
`,
  check: ({ steps }, report) => {
    let ended: LintStep | undefined;
    for (const step of steps) {
      if (ended && ended.phase !== step.phase && step.phase === 'test') ended = undefined;
      if (ended) {
        report({
          at: step.node.start,
          message: `This step never runs: step \`${ended.name}\` always fails.`,
          hint: 'Give that step a condition, or `onFailure: Continue`.',
        });
        return;
      }
      const after = commandAfterEnd(step);
      if (after !== undefined && step.script) {
        report({
          at: step.script.offsetOf(after),
          message: 'This never runs: the script has ended before it.',
        });
      }
      if (alwaysFails(step)) ended = step;
    }
  },
};

function commandAfterEnd({ script }: LintStep): number | undefined {
  const commands = script?.commands ?? [];
  const end = commands.findIndex(isPlainEnd);
  return end < 0 ? undefined : commands.slice(end + 1).find(({ depth }) => depth === 0)?.start;
}

function alwaysFails({ script, onFailure, condition }: LintStep): boolean {
  if (!script || onFailure !== 'Abort' || condition) return false;
  const end = script.commands.find(isPlainEnd);
  const earlier = script.commands.some((command) => {
    return end !== undefined && command.start < end.start && command.words[0]?.text === 'exit';
  });
  const status = end?.words[1]?.text ?? '0';
  return end !== undefined && !earlier && /^\d+$/.test(status) && !['0', '194'].includes(status);
}

/** An `exit` that nothing decides about. */
function isPlainEnd(command: {
  words: readonly { text: string }[];
  depth: number;
  before: string;
  after: string;
}): boolean {
  const alone = ['', ';'].includes(command.before) && ['', ';'].includes(command.after);
  return command.words[0]?.text === 'exit' && command.depth === 0 && alone;
}
