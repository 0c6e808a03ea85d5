/**
 * Milliseconds of processor time that this process spends on a job. Unlike the time until it ends, that does not depend
 * on what else the machine has to do.
 */
export async function cpuTime(job: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await job();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
