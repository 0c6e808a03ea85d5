import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../model/plan.ts';
import { GildError } from '../support/errors.ts';
import { writeAtomically } from '../support/files.ts';

/** Keeps the plan of a run beside its log; `redact` takes out what no record may show. */
export async function saveRunPlan(
  run: { readonly home: string; readonly id: string },
  plan: Plan,
  redact: (text: string) => string,
): Promise<void> {
  await writeAtomically(planPath(run.home, run.id), redact(JSON.stringify(plan, null, 2)), 0o600);
}

/** The text of the plan that made an image. Throws `RUN_NOT_FOUND`. */
export async function readRunPlan(home: string, id: string): Promise<string> {
  try {
    return await readFile(planPath(home, id), 'utf8');
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'ENOENT') throw cause;
    throw new GildError({
      code: 'RUN_NOT_FOUND',
      message: `The plan of the run ${id} is not kept here.`,
      cause,
    });
  }
}

function planPath(home: string, id: string): string {
  return join(home, 'runs', id, 'plan.json');
}
