import type { Command, Machine } from '../platforms/types.ts';
import { GildError } from '../support/errors.ts';
import { type SanitiseItem, sanitiseItems } from './items.ts';

export interface SanitiseOptions {
  /** Names of items that stay. */
  readonly keep: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** Takes out of a machine what must be in no image made from it. */
export async function sanitise(machine: Machine, options: SanitiseOptions): Promise<void> {
  const found = await run(machine, script(cleaner, itemsBut(options.keep)), options);
  if (found.exitCode === 0) return;
  throw new GildError({ code: 'STEP_FAILED', message: `The clean-up failed: ${found.stderr.trim()}` });
}

/** What of it is there all the same: one path a line, with the item's name. Nothing, if all is well. */
export async function remains(machine: Machine, options: SanitiseOptions): Promise<readonly string[]> {
  const { stdout } = await run(machine, script(finder, itemsBut(options.keep)), options);
  return stdout.split('\n').filter((line) => line !== '');
}

function itemsBut(keep: readonly string[]): readonly SanitiseItem[] {
  return sanitiseItems.filter(({ name }) => !keep.includes(name));
}

const cleaner = `
remove() { for path in "$@"; do [ -e "$path" ] || [ -L "$path" ] || continue; rm -rf -- "$path" || status=1; done; }
empty() { for path in "$@"; do [ -f "$path" ] && [ ! -L "$path" ] && [ -s "$path" ] || continue; : > "$path" || status=1; done; }
`;

const finder = `
remove() { for path in "$@"; do [ -e "$path" ] || [ -L "$path" ] || continue; printf '%s: %s\\n' "$item" "$path"; done; }
empty() { for path in "$@"; do [ -f "$path" ] && [ ! -L "$path" ] && [ -s "$path" ] && printf '%s: %s\\n' "$item" "$path"; done; }
`;

/** The homes of all users, of which some lie outside /home, are tried one after the other. */
function script(functions: string, items: readonly SanitiseItem[]): string {
  const system = items.flatMap(({ name, remove = [], empty = [] }) => [
    `item=${name}`,
    `remove ${words(remove.filter((path) => !path.startsWith('~')))}`,
    `empty ${words(empty)}`,
  ]);
  const personal = items.flatMap(({ name, remove = [] }) => {
    const paths = remove.filter((path) => path.startsWith('~'));
    return paths.length === 0
      ? []
      : [`  item=${name}`, `  remove ${words(paths.map((path) => `"$home"${path.slice(1)}`))}`];
  });
  return [
    'status=0',
    functions.trim(),
    ...system,
    'while IFS=: read -r _ _ _ _ _ home _; do',
    '  case "$home" in /|/proc*|/sys*|/dev*|*..*) continue;; /*) ;; *) continue;; esac',
    '  [ -d "$home" ] || continue',
    ...personal,
    'done < /etc/passwd',
    'exit $status',
  ].join('\n');
}

function words(paths: readonly string[]): string {
  return paths.join(' ');
}

async function run(machine: Machine, text: string, { signal }: SanitiseOptions) {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const command: Command = {
    argv: [...machine.toolbox, 'sh', '-c', text],
    signal,
    onStdout: (chunk) => void out.push(chunk),
    onStderr: (chunk) => void err.push(chunk),
  };
  const { exitCode } = await machine.run(command);
  return { exitCode, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}
