import { withRecords } from '../../build/records.ts';
import { chooseImage } from '../../images/choose.ts';
import { readRunPlan } from '../../images/run-plan.ts';
import { imagePage } from '../look/image-page.ts';
import { marksFor } from '../paint.ts';
import type { Cli, InspectOptions } from '../types.ts';

/** Shows one image; as JSON, the whole record; or the plan that made it. */
export async function inspect(options: InspectOptions, cli: Cli): Promise<undefined> {
  const { image: reference, json } = options;
  const { image, plan } = await withRecords(async ({ records, home }) => {
    const chosen = await chooseImage(records, reference);
    return { image: chosen, plan: options.plan ? await readRunPlan(home, chosen.runId) : undefined };
  });
  if (plan !== undefined) {
    cli.print(plan);
    return;
  }
  cli.print(
    json
      ? JSON.stringify(image, null, 2)
      : imagePage(image, { paint: cli.paint, marks: marksFor(), now: new Date() }),
  );
}
