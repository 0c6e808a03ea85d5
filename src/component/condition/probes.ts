import { quote } from '../program.ts';

/** A relative path begins at `/`, where every step does. */
export function fileExists(path: string): string {
  return `[ -f ${quote(path)} ]`;
}

export function folderExists(path: string): string {
  return `[ -d ${quote(path)} ]`;
}

export function binaryExists(name: string): string {
  return `program ${quote(name)}`;
}

export function digestEquals(program: string, digest: string, path: string): string {
  return `digest ${program} ${quote(digest.toLowerCase())} ${quote(path)}`;
}

/** A program that writes a `1` or `0` for each probe, in order. */
export function probeProgram(probes: readonly string[]): string {
  return [prelude, ...probes.map((probe) => `if ${probe}; then printf 1; else printf 0; fi`)].join('\n');
}

/** `type` of the toolbox's shell would find what the toolbox has and the image has not. */
const prelude = `program() {
  case $1 in '') return 1 ;; */*) [ -f "$1" ] && [ -x "$1" ]; return ;; esac
  rest=$PATH:
  while [ -n "$rest" ]; do
    folder=\${rest%%:*}
    rest=\${rest#*:}
    if [ -f "\${folder:-.}/$1" ] && [ -x "\${folder:-.}/$1" ]; then return 0; fi
  done
  return 1
}
digest() { [ -f "$3" ] && sum=$("$1" < "$3") && [ "\${sum%% *}" = "$2" ]; }`;
