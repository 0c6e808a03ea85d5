import type { GildEvent, StepStatus } from '../../model/events.ts';
import { stepFailureLines } from './failure-block.ts';

/** The lines that events add to `console.log`, in the executor's words. Folds over the events of one run. */
export function createConsoleLog(): (event: GildEvent) => readonly string[] {
  /** Phase, by the name of its document's step. */
  const phases = new Map<string, string>();
  const actions = new Map<string, string>();

  return (event) => linesOf(event).map((line) => `${nanoTime(event.time)} ${line}`);

  function linesOf(event: GildEvent): readonly string[] {
    switch (event.type) {
      case 'documents.started':
        return [
          'Setup: STARTED SETUP',
          ...event.documents.map((name) => `Setup: Document ${name} is a local path`),
        ];
      case 'step.started':
        return started(event.step, event.title, event.detail);
      case 'step.output': {
        const action = actions.get(event.step);
        if (action === undefined) return [];
        const prefix = { stdout: 'Stdout', stderr: 'CmdExecution: Stderr', note: action }[event.stream];
        return event.lines.map((line) => `${prefix}: ${line}`);
      }
      case 'step.finished': {
        const action = actions.get(event.step);
        if (action === undefined) return [];
        const exitCode = event.failure
          ? event.failure.exitCode
          : hasRun(event.status, action)
            ? 0
            : undefined;
        return [
          ...(exitCode === undefined ? [] : [`CmdExecution: ExitCode ${exitCode}`]),
          ...(event.failure ? stepFailureLines(event.failure) : []),
          `${action}: FINISHED EXECUTION`,
        ];
      }
      case 'run.finished':
        return [
          event.status === 'success'
            ? 'TOE has completed execution successfully'
            : 'TOE has completed execution with failure',
        ];
      default:
        return [];
    }
  }

  /** Steps are `component/<document>/<phase>/<step>`; nested documents add two more parts each. */
  function started(name: string, title: string, detail: string | undefined): readonly string[] {
    const parts = name.split('/');
    if (parts[0] !== 'component') return [];
    if (parts.length === 2) return [`Document ${title}`];
    const phase = parts.at(-2) ?? '';
    const document = parts.slice(0, -2).join('/');
    const isNew = phases.get(document) !== phase;
    phases.set(document, phase);
    actions.set(name, detail ?? '');
    return [...(isNew ? [`Phase ${phase}`] : []), `Step ${title}`, `${detail}: STARTED EXECUTION`];
  }
}

function hasRun(status: StepStatus, action: string): boolean {
  return status === 'success' && runsCommand.has(action);
}

const runsCommand = new Set(['ExecuteBash', 'ExecutePowerShell', 'ExecuteBinary']);

/** RFC 3339 with nanoseconds, of which we have milliseconds. */
function nanoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000000Z');
}
