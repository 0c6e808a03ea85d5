import type { RunView } from './progress/run-view.ts';

/** A run for programs that come after it; what `--report` writes. */
export function runReport(view: RunView, exported: ReadonlyMap<string, string>): string {
  const report = {
    run: view.runId,
    recipe: view.recipe,
    image: view.published ?? view.image,
    status: view.status,
    seconds: view.seconds,
    startedAt: new Date(view.startedAt).toISOString(),
    steps: [...view.steps.values()].map(({ name, title, status, seconds }) => ({
      name,
      title,
      status,
      seconds,
    })),
    tests: view.verdicts,
    artifacts: view.artifacts.map((artifact) => ({ ...artifact, path: exported.get(artifact.type) })),
    warnings: view.warnings,
    failure: view.failure,
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
