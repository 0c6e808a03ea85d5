import { z } from 'zod';
import type { Machine } from '../platforms/types.ts';
import { type Captured, capture, utility } from './capture.ts';
import { defineCheck } from './define-check.ts';
import { lastLines, passed, verdictOn } from './findings.ts';
import { excerpt, type TextExpectation, textDifferences, textExpectation } from './text-expectation.ts';

const streamExpectation = textExpectation.extend({
  equals: z.string().max(100_000).optional().describe('The whole text, apart from newlines at its end.'),
});

const schema = z.strictObject({
  run: z
    .union([z.string().min(1).max(100_000), z.array(z.string()).min(1).max(1000)])
    .describe('Shell text, run by the `/bin/sh` of the image; or a list of arguments, run without a shell.'),
  exitCode: z.int().min(0).max(255).default(0).describe('Exit code that is expected.'),
  stdout: streamExpectation.optional().describe('What the command must write to its standard output.'),
  stderr: streamExpectation.optional().describe('What the command must write to its standard error.'),
  user: z.string().min(1).max(256).default('root').describe('Name or `uid[:gid]` of the user that runs it.'),
  workingDir: z.string().startsWith('/').max(4096).default('/').describe('Folder in which it runs.'),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string())
    .default({})
    .describe('Environment variables, over those of the image.'),
  timeoutSeconds: z
    .number()
    .positive()
    .max(3600)
    .default(60)
    .describe('The command is killed after that time.'),
});

type Options = z.output<typeof schema>;

export const command = defineCheck({
  type: 'command',
  summary: 'Runs a command and looks at its exit code and output',
  needs: 'container',
  needsMainProcess: false,
  schema,
  async run(options, { machine, config, signal }) {
    const result = await capture(machine, {
      argv: typeof options.run === 'string' ? [...(await shell(machine, signal)), options.run] : options.run,
      env: { ...config.env, ...options.env },
      user: options.user,
      cwd: options.workingDir,
      timeoutMs: options.timeoutSeconds * 1000,
      signal,
    });
    const differences = [
      ...exitDifferences(result, options),
      ...streamDifferences(result.stdout, options.stdout, 'stdout'),
      ...streamDifferences(result.stderr, options.stderr, 'stderr'),
    ];
    if (differences.length === 0) return passed(`the command exited ${result.exitCode}, as expected`);
    return verdictOn('the command', differences, lastLines(`${result.stdout}\n${result.stderr}`.trim()));
  },
});

/** The image's own shell where it has one: that is what will run there. */
async function shell(machine: Machine, signal: AbortSignal | undefined): Promise<readonly string[]> {
  if (machine.toolbox.length === 0) return ['/bin/sh', '-c'];
  const { exitCode } = await utility(machine, ['test', '-x', '/bin/sh'], signal);
  return exitCode === 0 ? ['/bin/sh', '-c'] : [...machine.toolbox, 'sh', '-c'];
}

function exitDifferences(result: Captured, { run, exitCode, timeoutSeconds }: Options): string[] {
  const expected = `expected exit code ${exitCode}`;
  if (result.outOfMemory) return [`${expected}, but it ran out of memory`];
  if (result.timedOut) return [`${expected}, but it was still running after ${timeoutSeconds} s`];
  if (result.exitCode === exitCode) return [];
  if (result.exitCode === 127 && typeof run !== 'string') return [`${expected}, found 127: no such program`];
  const said = result.stderr.trim() || result.stdout.trim();
  return [`${expected}, found ${result.exitCode}${said && `, saying ${excerpt(lastLines(said, 1))}`}`];
}

function streamDifferences(
  text: string,
  expected: (TextExpectation & { readonly equals?: string | undefined }) | undefined,
  stream: string,
): string[] {
  if (!expected) return [];
  const differences = textDifferences(text, expected, stream);
  const { equals } = expected;
  if (equals !== undefined && text.replace(/\n+$/, '') !== equals.replace(/\n+$/, '')) {
    differences.push(`expected ${stream} to be ${excerpt(equals)}, found ${excerpt(text)}`);
  }
  return differences;
}
