import { programOf, type StartedProgram } from '../program.ts';
import type { LintRule } from '../types.ts';

export const packagePrompt: LintRule = {
  name: 'package-prompt',
  summary: 'A package manager will ask for a yes, and nobody answers.',
  why: 'Steps have no terminal and no input: the package manager gives up.',
  wrong: `- name: Install
  action: ExecuteBash
  inputs:
    commands:
      - apt-get install nginx
`,
  right: `- name: Install
  action: ExecuteBash
  inputs:
    commands:
      - apt-get install -y nginx
`,
  check: ({ steps }, report) => {
    for (const { script } of steps) {
      for (const command of script?.commands ?? []) {
        if (!script || command.before === '|') continue;
        const program = programOf(command);
        const asks = program && asking(program);
        if (!program || !asks) continue;
        const edit = script.insert(asks.after, ` ${asks.option}`);
        report({
          at: script.offsetOf(program.at.start),
          message: `\`${program.name} ${asks.verb}\` asks before it changes anything, and nobody is there to answer.`,
          hint: `Add \`${asks.option}\`.`,
          ...(edit && { fix: { title: `Add \`${asks.option}\``, safe: true, edits: [edit] } }),
        });
      }
    }
  },
};

interface Manager {
  readonly verbs: RegExp;
  readonly silent: RegExp;
  readonly option: string;
}

const apt: Manager = {
  verbs: /^(install|upgrade|dist-upgrade|full-upgrade|remove|purge|autoremove|build-dep)$/,
  silent: /^(-[a-zA-Z]*y[a-zA-Z]*|--yes|--assume-yes|-qq+|--force-yes|-s|--simulate|--dry-run|-d)$/,
  option: '-y',
};
const yum: Manager = {
  verbs:
    /^(install|update|upgrade|remove|erase|reinstall|downgrade|groupinstall|localinstall|autoremove|swap|distro-sync)$/,
  silent: /^(-[a-zA-Z]*y[a-zA-Z]*|--assumeyes|--assumeno)$/,
  option: '-y',
};

const managers: Readonly<Record<string, Manager>> = {
  'apt-get': apt,
  apt,
  yum,
  dnf: yum,
  microdnf: yum,
  zypper: {
    verbs: /^(install|in|update|up|remove|rm|patch|dist-upgrade|dup)$/,
    silent: /^(-n|--non-interactive|-y|--no-confirm)$/,
    option: '-y',
  },
  pacman: { verbs: /^-[SRU][a-z]*$/, silent: /^--noconfirm$/, option: '--noconfirm' },
};

function asking({ name, args }: StartedProgram): { verb: string; after: number; option: string } | undefined {
  const manager = Object.hasOwn(managers, name) ? managers[name] : undefined;
  const verb = manager && args.find(({ text }) => manager.verbs.test(text));
  if (
    !manager ||
    !verb ||
    args.some(({ text }) => manager.silent.test(text) || /[$*{]/.test(text[0] ?? ''))
  ) {
    return undefined;
  }
  return { verb: verb.text, after: verb.end, option: manager.option };
}
