import { beginWork, openWorkshop, type Workshop } from './workshop.ts';

/** A workshop for one job; everything that the job left in its disposer ends with it. */
export async function withWorkshop<T>(
  signal: AbortSignal,
  job: (workshop: Workshop) => Promise<T>,
): Promise<T> {
  const workshop = openWorkshop();
  try {
    await beginWork(workshop, signal);
    return await job(workshop);
  } finally {
    await workshop.close();
  }
}
