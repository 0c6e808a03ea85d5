import type { ActionContext, ActionResult, Outputs } from './types.ts';

/**
 * Runs POSIX shell text with the machine's toolbox: how file actions reach an image that may have no utilities of
 * its own. The text goes in over stdin, so it has no size limit and leaves nothing behind.
 */
export async function runProgram(
  context: ActionContext,
  program: {
    readonly text: string;
    readonly shown: readonly string[];
    readonly outputs?: readonly Outputs[];
  },
): Promise<ActionResult> {
  const { exitCode, complaint } = await context.execute({
    argv: [...context.machine.toolbox, 'sh'],
    stdin: Buffer.from(`${prelude}\n${program.text}\n`),
    shown: { argv: program.shown },
  });
  if (exitCode === 0) return { kind: 'done', ...(program.outputs && { outputs: program.outputs }) };
  return { kind: 'failed', message: complaint ?? `exit status ${exitCode}` };
}

/** Functions of the shell for programs about files. */
export const prelude = `set -eu
fail() { echo "$*" >&2; exit 1; }
refuse_folder() { if [ -d "$1" ]; then fail "$1 is a folder"; fi; }
need_file() { if [ -d "$1" ]; then fail "$1 is a folder"; elif [ ! -e "$1" ]; then fail "$1 does not exist"; fi; }
need_folder() { if [ ! -e "$1" ]; then fail "$1 does not exist"; elif [ ! -d "$1" ]; then fail "$1 is not a folder"; fi; }
keep() { if [ -e "$1" ] || [ -L "$1" ]; then fail "$1 exists and overwrite is false"; fi; }
is_entry() { case \${1##*/} in .|..) return 1 ;; esac; [ -e "$1" ] || [ -L "$1" ]; }
with_group() {
  case $1 in *[!0-9]*) printf '%s:\\n' "$1"; return ;; esac
  if [ -r /etc/passwd ]; then
    while IFS=: read -r _ _ user group _; do
      if [ "$user" = "$1" ]; then printf '%s:%s\\n' "$1" "$group"; return; fi
    done < /etc/passwd
  fi
  printf '%s\\n' "$1"
}
parent() { path=\${1%/}; case $path in */*) mkdir -p "\${path%/*}/" ;; esac; }`;

export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A pattern of the shell in which only `*` matches. */
export function quotePattern(path: string): string {
  return path
    .split('*')
    .map((part) => (part === '' ? '' : quote(part)))
    .join('*');
}

/**
 * The words of a `for` that goes over what a path with `*` in its last part matches, hidden names included. Words that
 * match nothing are among them, `.` and `..` too: `is_entry` tells.
 */
export function globWords(path: string): string {
  const slash = path.lastIndexOf('/') + 1;
  const [folder, pattern] = [path.slice(0, slash), path.slice(slash)];
  if (!pattern.startsWith('*')) return quotePattern(path);
  const rest = pattern.replace(/^\*+/, '');
  const hidden = [`${folder}.*${rest}`, ...(rest.startsWith('.') ? [folder + rest] : [])];
  return [path, ...hidden].map(quotePattern).join(' ');
}

/** Writes bytes as an argument of `printf`: as they are, or in octal where a shell could not hold them. */
export function printBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\0') && Buffer.from(text).equals(bytes)) return `printf %s ${quote(text)}`;
  return `printf '${[...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}'`;
}
