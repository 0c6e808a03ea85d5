import type { Artifact, Verdict } from '../../model/artifact.ts';
import type { EventBody, Failure, GildEvent, RunStatus, StepStatus } from '../../model/events.ts';

/** What the events so far say of a run. Folding an event costs next to nothing, however long its output is. */
export interface RunView {
  runId: string;
  image: string;
  recipe: string;
  startedAt: number;
  readonly steps: ReadonlyMap<string, StepView>;
  /** Steps whose parents are no steps, in the order they began. */
  readonly roots: readonly StepView[];
  readonly verdicts: readonly Verdict[];
  readonly artifacts: readonly Artifact[];
  readonly warnings: readonly string[];
  /** Of the steps that lead to the tree. */
  readonly reuse: Readonly<Reuse>;
  /** `web-server@1.0.0/1` */
  published: string | undefined;
  status: RunStatus | 'running';
  seconds: number;
  failure: Failure | undefined;
  /** What the failed step left can be looked at. */
  kept: boolean;
  apply(event: GildEvent): void;
}

export interface Reuse {
  steps: number;
  reused: number;
  /** That the reused ones took when they were made. */
  savedSeconds: number;
}

export interface StepView {
  readonly name: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly parent: StepView | undefined;
  readonly children: StepView[];
  /** What it found out, of tests. */
  readonly verdicts: Verdict[];
  readonly startedAt: number;
  status: StepStatus | 'running';
  seconds: number;
  failure: Failure | undefined;
  /** The last lines that it wrote, as they came. */
  tail: readonly string[];
  lineCount: number;
}

const tailLength = 5;

export function createRunView(): RunView {
  const steps = new Map<string, StepView>();
  const roots: StepView[] = [];
  const verdicts: Verdict[] = [];
  const artifacts: Artifact[] = [];
  const warnings: string[] = [];
  const reuse: Reuse = { steps: 0, reused: 0, savedSeconds: 0 };
  const view: RunView = {
    runId: '',
    image: '',
    recipe: '',
    startedAt: 0,
    steps,
    roots,
    verdicts,
    artifacts,
    warnings,
    reuse,
    published: undefined,
    status: 'running',
    seconds: 0,
    failure: undefined,
    kept: false,
    apply(event) {
      view.startedAt ||= event.time;
      switch (event.type) {
        case 'run.started':
          Object.assign(view, {
            runId: event.runId,
            image: event.image,
            recipe: event.recipe,
            startedAt: event.time,
          });
          break;
        case 'documents.started':
          view.image = event.documents.join(', ');
          break;
        case 'step.started':
          startStep(event, event.time);
          break;
        case 'step.output':
          addOutput(steps.get(event.step), event.lines);
          break;
        case 'step.finished':
          finishStep(steps.get(event.step), event);
          break;
        case 'cache':
          countReuse(event);
          break;
        case 'kept':
          view.kept = true;
          break;
        case 'warning':
          warnings.push(event.message);
          break;
        case 'verdict':
          verdicts.push(event.verdict);
          steps.get('test')?.verdicts.push(event.verdict);
          break;
        case 'artifact':
          artifacts.push(event.artifact);
          break;
        case 'image':
          view.published = `${event.name}@${event.version}/${event.build}`;
          break;
        case 'run.finished':
          Object.assign(view, { status: event.status, seconds: event.seconds, failure: event.failure });
          break;
      }
    },
  };
  return view;

  function countReuse(event: Body<'cache'>): void {
    if (/^(test|output)\//.test(event.step)) return;
    reuse.steps++;
    if (event.outcome === 'miss') return;
    reuse.reused++;
    reuse.savedSeconds += event.seconds;
  }

  function startStep(event: Body<'step.started'>, time: number): void {
    const parent = nearestParent(steps, event.step);
    const step: StepView = {
      name: event.step,
      title: event.title,
      detail: event.detail,
      parent,
      children: [],
      verdicts: [],
      startedAt: time,
      status: 'running',
      seconds: 0,
      failure: undefined,
      tail: [],
      lineCount: 0,
    };
    const siblings = parent ? parent.children : roots;
    const again = siblings.findIndex((sibling) => sibling.name === step.name);
    if (again >= 0) siblings[again] = step;
    else siblings.push(step);
    steps.set(step.name, step);
  }
}

/** The step that failed first of the innermost ones: what a person wants to see. */
export function failedStep(view: RunView): StepView | undefined {
  const failed = [...view.steps.values()].filter((step) => step.status === 'failed');
  return failed.find((step) => !step.children.some((child) => child.status === 'failed'));
}

type Body<T extends EventBody['type']> = Extract<EventBody, { readonly type: T }>;

function nearestParent(steps: ReadonlyMap<string, StepView>, name: string): StepView | undefined {
  for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
    const parent = steps.get(name.slice(0, end));
    if (parent) return parent;
  }
  return undefined;
}

function addOutput(step: StepView | undefined, lines: readonly string[]): void {
  if (!step) return;
  step.lineCount += lines.length;
  const recent = lines.length > tailLength ? lines.slice(-tailLength) : lines;
  step.tail = [...step.tail, ...recent].slice(-tailLength);
}

function finishStep(step: StepView | undefined, event: Body<'step.finished'>): void {
  if (!step) return;
  step.status = event.status;
  step.seconds = event.seconds;
  step.failure = event.failure;
}
