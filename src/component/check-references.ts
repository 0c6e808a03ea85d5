import { nearest } from '../support/nearest.ts';
import type { Declarations } from './declarations.ts';
import { contextNames, isContextName } from './language-context.ts';
import { textsOf } from './node.ts';
import type { ReadPhase } from './phases.ts';
import {
  type Chain,
  findReferences,
  type LoopReference,
  type OutsideReference,
  type Reference,
  referenceIn,
} from './references.ts';
import type { Node, Source } from './source.ts';
import type { ReadStep } from './step.ts';

interface Known extends Declarations {
  readonly phases: readonly ReadPhase[];
}

interface Place {
  readonly phase: number;
  readonly step: number;
  readonly part: 'inputs' | 'if' | 'loop';
}

interface Complaint {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly warning?: boolean;
}

/** Every reference in a step leads to something that is there when the step runs. */
export function checkReferences(known: Known, source: Source): void {
  for (const [phase, { steps }] of known.phases.entries()) {
    for (const [step, { inputs, condition, loop }] of steps.entries()) {
      const place = { phase, step };
      if (condition) checkTexts(condition, { ...place, part: 'if' }, known, source);
      if (loop) checkTexts(loop, { ...place, part: 'loop' }, known, source);
      if (inputs) checkTexts(inputs, { ...place, part: 'inputs' }, known, source);
    }
  }
}

function checkTexts(part: Node, place: Place, known: Known, source: Source): void {
  for (const { node, text } of textsOf(part)) {
    const told = new Set<string>();
    for (const { raw, reference } of findReferences(text)) {
      const complaint = told.has(raw) ? undefined : judge(reference, place, known);
      told.add(raw);
      if (!complaint) continue;
      const { message, hint, warning } = complaint;
      source[warning ? 'warn' : 'error'](source.locate(node, raw), message, hint);
    }
  }
}

function judge(reference: Reference, place: Place, known: Known): Complaint | undefined {
  switch (reference.kind) {
    case 'name':
      return judgeName(reference.name, known);
    case 'chain':
      return judgeChain(reference, place, known);
    case 'loop':
      return judgeLoop(reference, place, known);
    case 'outside':
      return judgeOutside(reference, place, known);
    case 'broken-chain':
      if (!known.phases.some((phase) => phase.name === reference.phase)) return undefined;
      return {
        message: `This is not a complete reference to step \`${reference.step}\`.`,
        hint: 'Write `{{ phase.step.outputs.stdout }}` or `{{ phase.step.inputs.path }}`.',
      };
  }
}

/**
 * Only the inputs of a step with a loop have an iteration; anywhere else the text stays as it is. Where no step has
 * a loop, it is some other language's: Jinja has a `loop.index` too.
 */
function judgeLoop({ loop }: LoopReference, place: Place, known: Known): Complaint | undefined {
  const steps = known.phases[place.phase]?.steps.map((read) => read.step) ?? [];
  const own = steps[place.step]?.loop;
  const isOwn = own !== undefined && (loop === 'loop' || loop === own.name);
  if (isOwn && place.part === 'inputs') return undefined;
  if (isOwn) {
    const when = place.part === 'if' ? 'The condition is judged' : 'The list is read';
    return { message: `${when} once, before the loop begins; there is no \`${loop}\` yet.` };
  }
  if (!steps.some((step) => step.loop && (loop === 'loop' || step.loop.name === loop))) return undefined;
  const hint = own ? `The loop of this step is called \`${own.name ?? 'loop'}\`.` : 'The step has no `loop`.';
  return { message: `\`${loop}\` has no value here, so the text stays as it is.`, hint, warning: true };
}

function judgeOutside(reference: OutsideReference, place: Place, known: Known): Complaint | undefined {
  const { form, name, indirect } = reference;
  if (name === '') return { message: `\`${form}:\` must be followed by a name.` };
  if (form === 'context' && !isContextName(name)) {
    return { message: `There is no \`context:${name}\`.`, hint: suggestion(name, contextNames) };
  }
  if (form === 'aws:imds' && isCredentialPath(name)) {
    const message = 'Credentials cannot be read from the instance metadata.';
    return { message, hint: '`iam/` and `identity-credentials/` are out of bounds.' };
  }
  if (!indirect) return undefined;
  const inner = referenceIn(name);
  if (inner?.kind === 'chain') return judgeChain(inner, place, known);
  return inner?.kind === 'name' ? judgeName(name, known) : undefined;
}

/** However it is written: case, doubled slashes and dots lead nowhere else. */
function isCredentialPath(path: string): boolean {
  const parts = path
    .toLowerCase()
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  return parts.some((part) => part === '..' || part === 'iam' || part === 'identity-credentials');
}

function judgeName(name: string, known: Known): Complaint | undefined {
  const names = [...known.parameters, ...known.constants].map((declared) => declared.name);
  if (names.includes(name)) return undefined;
  const message = `There is no parameter or constant \`${name}\`.`;
  if (names.length > 0) return { message, hint: suggestion(name, names) };
  return { message, hint: 'The document declares none, so the text stays as it is.', warning: true };
}

function judgeChain(chain: Chain, place: Place, known: Known): Complaint | undefined {
  const phaseNames = known.phases.map((phase) => phase.name);
  const phase = phaseNames.indexOf(chain.phase);
  if (phase < 0)
    return { message: `There is no phase \`${chain.phase}\`.`, hint: suggestion(chain.phase, phaseNames) };
  const steps = known.phases[phase]?.steps ?? [];
  const names = steps.map((read) => read.step.name);
  const step = names.indexOf(chain.step);
  const target = steps[step];
  if (!target) {
    return {
      message: `Phase \`${chain.phase}\` has no step \`${chain.step}\`.`,
      hint: suggestion(chain.step, names),
    };
  }
  if (phase > place.phase || (phase === place.phase && step >= place.step)) {
    const itself = phase === place.phase && step === place.step;
    return {
      message: itself ? 'A step cannot refer to itself.' : `Step \`${chain.step}\` runs later than this one.`,
    };
  }
  const here = phaseNames[place.phase];
  if (here === 'test' && phase !== place.phase) {
    return { message: `Phase \`test\` runs on a fresh machine, where \`${chain.phase}\` has not run.` };
  }
  return judgeKey(chain, target);
}

function judgeKey(chain: Chain, { action, inputs }: ReadStep): Complaint | undefined {
  if (!action || action.shape === 'condition') return undefined;
  if (chain.from === 'outputs' && action.outputs.length === 0)
    return { message: `${action.name} has no outputs.` };
  const names = chain.from === 'outputs' ? action.outputs : Object.keys(action.fields);
  if (!names.includes(chain.key)) {
    const message = `${action.name} has no ${chain.from === 'outputs' ? 'output' : 'input'} \`${chain.key}\`.`;
    return { message, hint: suggestion(chain.key, names) };
  }
  const count = action.shape === 'list' && inputs?.kind === 'list' ? inputs.items.length : 1;
  if (chain.index === undefined || chain.index < count) return undefined;
  return {
    message: `Step \`${chain.step}\` has ${count} ${count === 1 ? 'entry' : 'entries'}; they are counted from 0.`,
  };
}

function suggestion(word: string, names: readonly string[]): string | undefined {
  const meant = nearest(word, names);
  if (meant) return `Did you mean \`${meant}\`?`;
  return names.length > 0
    ? `There ${names.length === 1 ? 'is' : 'are'} ${names.map((name) => `\`${name}\``).join(', ')}.`
    : undefined;
}
