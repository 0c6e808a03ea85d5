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

const prelude = `set -eu
fail() { echo "$*" >&2; exit 1; }
refuse_folder() { if [ -d "$1" ]; then fail "$1 is a folder"; fi; }
need_file() { if [ -d "$1" ]; then fail "$1 is a folder"; elif [ ! -e "$1" ]; then fail "$1 does not exist"; fi; }
need_folder() { if [ ! -e "$1" ]; then fail "$1 does not exist"; elif [ ! -d "$1" ]; then fail "$1 is not a folder"; fi; }
keep() { if [ -e "$1" ] || [ -L "$1" ]; then fail "$1 exists and overwrite is false"; fi; }
parent() { path=\${1%/}; case $path in */*) mkdir -p "\${path%/*}/" ;; esac; }`;

export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** `*` matches, everything else stands for itself. */
export function quotePattern(path: string): string {
  return path
    .split('*')
    .map((part) => (part === '' ? '' : quote(part)))
    .join('*');
}

/** Writes bytes as an argument of `printf`: as they are, or in octal where a shell could not hold them. */
export function printBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\0') && Buffer.from(text).equals(bytes)) return `printf %s ${quote(text)}`;
  return `printf '${[...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}'`;
}
