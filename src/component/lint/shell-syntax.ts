import { allOf } from '../../support/all-of.ts';
import { toGildError } from '../../support/errors.ts';
import { runProcess } from '../../support/process.ts';
import { replaceReferences } from '../references.ts';
import type { Script } from './script.ts';
import { bashArguments, bashEnvironment, patienceMs, type ScriptReader } from './script-reader.ts';
import type { LintStep, Remark, Subject } from './types.ts';

export const syntaxRule = 'shell-syntax';

/**
 * Lets bash read every script, which runs none of it; docs/design/lint.md says why that is safe. Nothing is found where
 * the host has no bash. What `reader` finds right is not read again.
 */
export async function syntaxRemarks(
  { steps }: Subject,
  { reader, signal }: SyntaxOptions,
): Promise<readonly Remark[]> {
  const remarks = steps.filter(mayBeWrong).map(async ({ script }) => {
    if (!script) return undefined;
    const text = replaceReferences(script.text, (_reference, raw) => 'r'.repeat(raw.length));
    return (await reader?.isRight(text)) ? undefined : readWithBash(script, text, signal);
  });
  return (await allOf(remarks)).filter((remark) => remark !== undefined);
}

export interface SyntaxOptions {
  readonly reader?: ScriptReader | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Words alone, without quotes, operators and words that begin something, are always right. */
function mayBeWrong({ script }: LintStep): boolean {
  return (
    script !== undefined &&
    /["'`\\$(){}&|;<>!]|\b(if|for|while|until|case|do|then|fi|done|esac|select|function)\b/.test(script.text)
  );
}

/** Alone: what bash says of a script that stands by itself is the easiest to understand. */
async function readWithBash(
  script: Script,
  text: string,
  signal: AbortSignal | undefined,
): Promise<Remark | undefined> {
  const said: Buffer[] = [];
  let timedOut = false;
  try {
    ({ timedOut } = await runProcess([...bashArguments, '-n'], {
      ...bashEnvironment,
      stdin: Buffer.from(text),
      timeoutMs: patienceMs,
      signal,
      onStderr: (chunk) => said.push(chunk),
    }));
  } catch (thrown) {
    const { code } = toGildError(thrown);
    if (code === 'HOST_TOOL_MISSING') return undefined;
    throw thrown;
  }
  return timedOut ? undefined : remarkOf(Buffer.concat(said).toString(), script);
}

function remarkOf(said: string, script: Script): Remark | undefined {
  const complaint = said
    .split('\n')
    .find((line) => /^bash: line \d+: /.test(line) && !/warning: /.test(line));
  const [, line = '1', message = ''] = /^bash: line (\d+): (.*)$/.exec(complaint ?? '') ?? [];
  if (!complaint) return undefined;
  const lines = script.text.split('\n');
  const number = Math.min(Number(line), lines.length - 1);
  const before = lines.slice(0, number - 1).join('\n').length + (number > 1 ? 1 : 0);
  const indent = (lines[number - 1] ?? '').search(/\S|$/);
  return {
    at: script.offsetOf(before + indent),
    message: `bash cannot read the script: ${message.replace(/^syntax error: /, '')}.`,
  };
}
