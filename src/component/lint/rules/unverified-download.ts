import { childOf } from '../../node.ts';
import { programOf, unquoted } from '../program.ts';
import type { ShellCommand } from '../shell/types.ts';
import type { LintRule, LintStep, Report } from '../types.ts';

export const unverifiedDownload: LintRule = {
  name: 'unverified-download',
  summary: 'Something is downloaded, or downloaded and run at once, without a checksum.',
  why: 'What the address gives tomorrow may be something else, and nobody will know which images have it.',
  wrong: `- name: Fetch
  action: WebDownload
  inputs:
    - source: https://example.com/app.deb
      destination: /tmp/app.deb
`,
  right: `- name: Fetch
  action: WebDownload
  inputs:
    - source: https://example.com/app.deb
      destination: /tmp/app.deb
      checksum: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      algorithm: SHA256
`,
  check: ({ steps }, report) => {
    for (const step of steps) {
      if (step.action === 'WebDownload') checkWebDownload(step, report);
      const { script } = step;
      if (!script) continue;
      const { commands } = script;
      for (const [index, command] of commands.entries()) {
        if (!fetches(command) || !isRun(command, commands, index)) continue;
        report({
          at: script.offsetOf(command.start),
          message: 'What is downloaded here runs as root at once, whatever it is.',
          hint: 'Fetch it with WebDownload and a checksum, then run the file.',
        });
      }
    }
  },
};

function checkWebDownload({ items }: LintStep, report: Report): void {
  for (const item of items) {
    if (item.kind !== 'map' || childOf(item, 'checksum')) continue;
    report({
      at: childOf(item, 'source')?.start ?? item.start,
      message: 'This download has no checksum.',
      hint: 'Add `checksum` and `algorithm: SHA256`.',
    });
  }
}

const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'python', 'python3', 'perl', 'node', 'ruby']);

/** `curl | bash`, `bash <(curl ...)`, `bash -c "$(curl ...)"`. */
function isRun(command: ShellCommand, commands: readonly ShellCommand[], index: number): boolean {
  if (command.after === '|') {
    const next = commands.slice(index + 1).find(({ within }) => within === command.within);
    const program = next && programOf(next);
    return (
      program !== undefined &&
      shells.has(program.name) &&
      !program.args.some(({ text }) => /^-[cm]$/.test(text))
    );
  }
  const outer = commands.find(({ start }) => start === command.within);
  const program = outer && programOf(outer);
  return (
    program !== undefined && (shells.has(program.name) || ['source', '.', 'eval'].includes(program.name))
  );
}

function fetches(command: ShellCommand): boolean {
  const program = programOf(command);
  return program !== undefined && ['curl', 'wget'].includes(unquoted(program.name));
}
