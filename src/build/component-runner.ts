import { join } from 'node:path';
import { createDownloads } from '../component/download.ts';
import { runPhases } from '../component/interpreter.ts';
import type { Downloads } from '../component/types.ts';
import type { ComponentOutcome, ComponentWork } from '../engine/types.ts';
import { GildError } from '../support/errors.ts';
import type { ImageJob } from './image-job.ts';
import { documentsFor, languageContext } from './language-context.ts';
import { lockedDownloads, watchDownloads } from './lock/locked-downloads.ts';
import type { Hooks } from './types.ts';
import type { Workshop } from './workshop.ts';

/** Runs phases of components: `build` and `validate` while building, `test` on the fresh machine. */
export async function componentRunner(
  job: ImageJob,
): Promise<(work: ComponentWork) => Promise<ComponentOutcome>> {
  const downloads = await componentDownloads(job.workshop);
  const documents = documentsFor(job.planned.spec.source.directory, process.env, downloads);
  return async ({ step, phases, machine }) => {
    const { document, parameters, name } = step;
    const watch = watchDownloads(lockedDownloads(job.planned, name));
    const result = await runPhases({
      document,
      parameters,
      phases,
      machine,
      downloads,
      emit: job.hooks.emit,
      stepPrefix: name,
      signal: job.hooks.signal,
      redact: job.redact,
      context: languageContext(process.env, job.secrets),
      documents,
      onDownload: watch.take,
      memoryLimit: job.planned.plan.limits.memory,
      env: { IMAGE_PHASE: phases.includes('test') ? 'TESTING' : 'BUILDING' },
      ...(job.options.debug && { pauseAfterStep: (paused: string) => pause(paused, job.hooks) }),
    });
    return {
      status: result.status === 'failed' ? 'failed' : 'success',
      ...(result.failure && { failure: result.failure }),
      outside: { downloads: watch.taken() },
    };
  };
}

/** For all components of a run, in a folder that goes with the workshop. */
export async function componentDownloads({ host, disposer }: Workshop): Promise<Downloads> {
  const scratch = await host.scratch('downloads');
  disposer.add(() => scratch.release());
  return createDownloads({
    directory: scratch.path,
    cache: join(host.home, 'downloads'),
    env: process.env,
    allowPrivateHosts: privateHosts(process.env),
  });
}

/** Hosts of private networks that components may download from: `mirror.example,10.0.0.5`. */
function privateHosts(env: NodeJS.ProcessEnv): readonly string[] {
  return (env.GILD_ALLOW_PRIVATE_HOSTS ?? '').split(',').filter((host) => host !== '');
}

async function pause(step: string, hooks: Hooks): Promise<void> {
  const answer = await hooks.ask(`${step} is done.`, ['continue', 'stop']);
  if (answer === 'stop') throw new GildError({ code: 'CANCELLED', message: `Stopped after ${step}.` });
}
