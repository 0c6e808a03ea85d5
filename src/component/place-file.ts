import { createReadStream } from 'node:fs';
import type { ActionContext, ActionFailure } from './types.ts';

/** Writes a file of the host into the machine, under another name first, so that no step ever sees half of it. */
export async function placeFile(
  from: string,
  to: string,
  context: ActionContext,
  options: { readonly action: string; readonly makeFolders: boolean },
): Promise<ActionFailure | undefined> {
  const folder = options.makeFolders
    ? `mkdir -p "$folder"`
    : `if [ ! -d "$folder" ]; then echo "The folder $folder does not exist" >&2; exit 1; fi`;
  const script = `set -eu
folder=\${1%/*}/
if [ -d "$1" ]; then echo "$1 is a folder; end the destination with /" >&2; exit 1; fi
${folder}
trap 'rm -f "$1.download"' EXIT
cat > "$1.download"
chmod 0644 "$1.download"
mv -f "$1.download" "$1"`;
  const { exitCode, complaint } = await context.execute({
    argv: [...context.machine.toolbox, 'sh', '-c', script, 'sh', to],
    stdin: createReadStream(from),
    shown: { argv: [options.action, to] },
  });
  return exitCode === 0 ? undefined : { kind: 'failed', message: complaint ?? `exit status ${exitCode}` };
}
