import { withRecords } from '../../build/records.ts';
import { runTable } from '../look/run-table.ts';
import type { Cli, RunsOptions } from '../types.ts';

/** Lists the runs, newest first. */
export async function runs({ image, json }: RunsOptions, cli: Cli): Promise<undefined> {
  const found = await withRecords(({ records }) => records.listRuns(image));
  if (json) cli.print(JSON.stringify(found, null, 2));
  else if (found.length > 0) cli.print(runTable(found, cli, new Date()));
  else
    cli.note(
      image === undefined ? 'No run is recorded yet: `gild build` starts one.' : `No run made \`${image}\`.`,
    );
}
