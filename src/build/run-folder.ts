import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DocumentResult } from '../component/records.ts';
import { applicationLog, copyName, folderName } from '../component/run-folder/application-log.ts';
import { chaining } from '../component/run-folder/chaining.ts';
import { createConsoleLog } from '../component/run-folder/console-log.ts';
import { detailedOutput } from '../component/run-folder/detailed-output.ts';
import type { GildEvent } from '../model/events.ts';

/** A run as files, in the shapes that AWS's executor leaves; `docs/design/run-folder.md` says what is in them. */
export interface RunFolder {
  /** Absolute; it appears when the run is over. */
  readonly path: string;
  add(event: GildEvent): void;
  /** `results` of the documents that ran, `copies` of all that were to run. */
  finish(
    results: readonly DocumentResult[],
    copies: readonly { readonly file: string; readonly text: string }[],
    failureMessage?: string,
  ): Promise<void>;
  /** Where nothing ran. */
  discard(): Promise<void>;
}

export async function openRunFolder(directory: string, executionId: string): Promise<RunFolder> {
  const startTime = Date.now();
  const path = resolve(directory, folderName(executionId, startTime));
  const partial = `${path}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const log = openSync(join(partial, 'console.log'), 'w');
  const linesOf = createConsoleLog();
  return {
    path,
    add: (event) => {
      const lines = linesOf(event);
      if (lines.length > 0) writeSync(log, `${lines.join('\n')}\n`);
    },
    finish: async (results, copies, failureMessage) => {
      closeSync(log);
      const execution = { executionId, startTime, endTime: Date.now() };
      const put = (name: string, text: string) => writeFile(join(partial, name), text);
      await put('detailedoutput.json', json(detailedOutput({ ...execution, results, failureMessage })));
      await put('chaining.json', json(chaining(results)));
      await put('application.log', applicationLog(execution, results));
      for (const [index, { file, text }] of copies.entries()) await put(copyName(index, file), text);
      await rename(partial, path);
    },
    discard: async () => {
      closeSync(log);
      await rm(partial, { recursive: true });
    },
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
