import { parseBase } from '../bases/index.ts';
import { runPhases } from '../component/interpreter.ts';
import { checkParameters } from '../component/parameters.ts';
import type { DocumentResult } from '../component/records.ts';
import { failureOf, track } from '../engine/track.ts';
import type { NetworkMode } from '../model/buildspec.ts';
import type { ComponentDocument } from '../model/component.ts';
import type { Emit, Failure, RunStatus } from '../model/events.ts';
import type { Layer } from '../model/tree.ts';
import { platforms } from '../platforms/index.ts';
import type { Machine } from '../platforms/types.ts';
import { GildError, toGildError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { componentDownloads } from './component-runner.ts';
import { openShell } from './failure.ts';
import { documentsFor, languageContext } from './language-context.ts';
import { fetchBase, lockBase } from './resolve-spec.ts';
import type { Hooks } from './types.ts';
import { beginWork, openWorkshop, type Workshop } from './workshop.ts';

export interface DocumentsRequest {
  readonly documents: readonly RequestedDocument[];
  /** Those to run, of every document; all of them where this is empty. */
  readonly phases: readonly string[];
  /** As recipes write it: `debian:bookworm`. */
  readonly base: string;
  /** Packages beside its own, of a Debian base. */
  readonly packages: readonly string[];
  readonly network: NetworkMode;
  readonly executionId: string;
  readonly onError: 'cleanup' | 'ask' | 'shell';
}

export interface RequestedDocument {
  readonly document: ComponentDocument;
  readonly parameters: Readonly<Record<string, string>>;
  /** Command line that runs this document alone in the same way; shown where it fails. */
  readonly again: readonly string[];
}

export interface DocumentsOutcome {
  readonly status: 'success' | 'failed';
  /** Of those that ran, in order: one that fails is the last. */
  readonly results: readonly DocumentResult[];
}

/** Runs documents one after the other on one throw-away machine. A step that fails is part of the outcome. */
export async function runDocuments(request: DocumentsRequest, hooks: Hooks): Promise<DocumentsOutcome> {
  const planned = plan(request, hooks.emit);
  const workshop = openWorkshop();
  const started = performance.now();
  const finish = (status: RunStatus, failure?: Failure) => {
    const seconds = (performance.now() - started) / 1000;
    hooks.emit({ type: 'run.finished', status, seconds, ...(failure && { failure }) });
  };
  const { executionId, base, packages } = request;
  hooks.emit({
    type: 'documents.started',
    executionId,
    documents: planned.map(({ document }) => document.name),
    base: packages.length > 0 ? `${base} with ${packages.join(', ')}` : base,
  });
  try {
    await beginWork(workshop, hooks.signal);
    const machine = await startMachine(request, workshop, hooks);
    const outcome = await runAll(planned, { request, workshop, machine, hooks });
    const failure = outcome.results.at(-1)?.failure;
    const again = planned[outcome.results.length - 1]?.again;
    finish(outcome.status, failure && { ...failure, ...(again && { again }) });
    return outcome;
  } catch (thrown) {
    const error = toGildError(hooks.signal.aborted ? hooks.signal.reason : thrown);
    finish(error.kind === 'cancelled' ? 'cancelled' : 'failed', failureOf(error));
    throw error;
  } finally {
    await workshop.close();
  }
}

interface PlannedDocument extends RequestedDocument {
  readonly phases: readonly string[];
  /** Of its events; unlike that of any other document of the run. */
  readonly step: string;
}

/** All that can be wrong before a machine is needed. */
function plan({ documents, phases }: DocumentsRequest, emit: Emit): readonly PlannedDocument[] {
  const known = new Set(documents.flatMap(({ document }) => document.phases.map(({ name }) => name)));
  const unknown = phases.find((phase) => !known.has(phase));
  if (unknown !== undefined) throw noSuchPhase(unknown, known);
  return documents.map((requested, index) => {
    const { document, parameters } = requested;
    const { values, warnings } = checkParameters(document, parameters);
    for (const { code, message } of warnings) emit({ type: 'warning', code, message });
    const twice = documents.some((other, at) => at !== index && other.document.name === document.name);
    return {
      ...requested,
      parameters: values,
      phases: phases.length > 0 ? phases : document.phases.map(({ name }) => name),
      step: `component/${document.name}${twice ? `-${index}` : ''}`,
    };
  });
}

function noSuchPhase(phase: string, known: ReadonlySet<string>): GildError {
  const meant = nearest(phase, known);
  return new GildError({
    code: 'USAGE',
    message: `No document has a phase \`${phase}\`.`,
    hint: meant
      ? `Did you mean \`${meant}\`?`
      : `There is ${[...known].map((name) => `\`${name}\``).join(', ')}.`,
  });
}

async function startMachine(request: DocumentsRequest, workshop: Workshop, hooks: Hooks): Promise<Machine> {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const { signal, emit } = hooks;
  const { base, packages } = request;
  const spec = parseBase(base, process.cwd(), packages.length > 0 ? { include: packages } : undefined);
  const layers = await track(emit, { step: 'base', title: `base ${base}` }, async () => {
    const locked = await lockBase(spec, workshop, { architecture, signal });
    const note = (line: string) => emit({ type: 'step.output', step: 'base', stream: 'note', lines: [line] });
    return await fetchBase({ architecture }, workshop, { locked, note, signal });
  });
  return await machineOn(layers, request.network, workshop, signal);
}

async function machineOn(
  layers: readonly Layer[],
  network: NetworkMode,
  workshop: Workshop,
  signal: AbortSignal,
): Promise<Machine> {
  const platform = await platforms.sandbox?.(workshop);
  if (!platform) throw new GildError({ code: 'BUG', message: 'The sandbox is not registered.' });
  const machine = await platform.start({ layers }, { network, limits: {}, signal });
  workshop.disposer.add(() => machine.close());
  return machine;
}

interface Scene {
  readonly request: DocumentsRequest;
  readonly workshop: Workshop;
  readonly machine: Machine;
  readonly hooks: Hooks;
}

async function runAll(planned: readonly PlannedDocument[], scene: Scene): Promise<DocumentsOutcome> {
  const downloads = await componentDownloads(scene.workshop);
  const results: DocumentResult[] = [];
  for (const one of planned) {
    const result = await runOne(one, downloads, scene);
    results.push(result);
    if (result.status === 'failed') return { status: 'failed', results };
  }
  return { status: 'success', results };
}

async function runOne(
  { document, parameters, phases, step, again }: PlannedDocument,
  downloads: Awaited<ReturnType<typeof componentDownloads>>,
  { request, machine, hooks }: Scene,
): Promise<DocumentResult> {
  const started = performance.now();
  const emit: Emit = (event) =>
    hooks.emit(
      event.type === 'step.finished' && event.failure
        ? { ...event, failure: { ...event.failure, again } }
        : event,
    );
  const title = document.version === '0.0.0' ? document.name : `${document.name} ${document.version}`;
  emit({ type: 'step.started', step, title, detail: document.description });
  const finish = (status: 'success' | 'failed' | 'cancelled') =>
    emit({ type: 'step.finished', step, status, seconds: (performance.now() - started) / 1000 });
  try {
    const result = await runPhases({
      document,
      parameters,
      phases,
      machine,
      downloads,
      emit,
      context: languageContext(process.env),
      documents: documentsFor(process.cwd(), process.env, downloads),
      stepPrefix: step,
      signal: hooks.signal,
      env: { IMAGE_PHASE: phases.every((phase) => phase === 'test') ? 'TESTING' : 'BUILDING' },
      ...(request.onError !== 'cleanup' && {
        onStepFailure: (failure, name) => settle(name, failure, { request, machine, hooks }),
      }),
    });
    finish(result.status === 'failed' ? 'failed' : 'success');
    return result;
  } catch (error) {
    finish(hooks.signal.aborted ? 'cancelled' : 'failed');
    throw error;
  }
}

/** With the machine as the failed step left it. */
async function settle(
  step: string,
  failure: Failure,
  { request, machine, hooks }: Pick<Scene, 'request' | 'machine' | 'hooks'>,
): Promise<'retry' | 'give-up'> {
  hooks.emit({ type: 'step.output', step, stream: 'note', lines: failure.message.split('\n') });
  for (;;) {
    const way =
      request.onError === 'ask'
        ? await hooks.ask(`${step} failed. What now?`, ['stop', 'shell', 'retry'])
        : request.onError;
    if (way === 'shell') await openShell(machine, hooks);
    if (way !== 'shell' || request.onError !== 'ask') return way === 'retry' ? 'retry' : 'give-up';
  }
}
