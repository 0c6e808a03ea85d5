import { childOf, plainOf } from '../../node.ts';
import type { MapNode } from '../../source.ts';
import { programOf, unquoted } from '../program.ts';
import type { Script } from '../script.ts';
import type { ShellCommand } from '../shell/types.ts';
import type { LintRule, LintStep, Report } from '../types.ts';

export const unverifiedDownload: LintRule = {
  name: 'unverified-download',
  summary: 'Something is downloaded, or downloaded and run at once, without a checksum or a signature.',
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
      if (step.action === 'WebDownload') checkWebDownload(step, laterScripts(step, steps), report);
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

function checkWebDownload({ items }: LintStep, later: readonly Script[], report: Report): void {
  for (const item of items) {
    if (item.kind !== 'map' || childOf(item, 'checksum') || isVerified(item, later)) continue;
    report({
      at: childOf(item, 'source')?.start ?? item.start,
      message: 'This download has no checksum.',
      hint: 'Add `checksum` and `algorithm: SHA256`, or verify it in a later step with sha256sum or gpgv.',
    });
  }
}

function laterScripts(step: LintStep, steps: readonly LintStep[]): Script[] {
  const later = steps.slice(steps.indexOf(step) + 1).filter(({ phase }) => phase === step.phase);
  return later.flatMap(({ script }) => script ?? []);
}

const verifiers = /^(sha(1|224|256|384|512)sum|md5sum|b2sum|gpgv?|cosign|minisign|signify)$/;

/** Whether a later script names the file and runs a program that verifies. */
function isVerified(item: MapNode, later: readonly Script[]): boolean {
  const destination = childOf(item, 'destination');
  const path = destination && plainOf(destination);
  return later.some(
    ({ text, commands }) =>
      typeof path === 'string' &&
      text.includes(path) &&
      commands.some((command) => verifiers.test(programOf(command)?.name ?? '')),
  );
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
