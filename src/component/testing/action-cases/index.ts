import { fileCases } from './files.ts';
import { folderCases } from './folders.ts';
import { languageCases } from './language.ts';
import { networkCases } from './network.ts';
import { programCases } from './programs.ts';
import type { ActionCase } from './types.ts';
import { windowsCases } from './windows.ts';

/** What each action is shown to do; a test demands that every input and output of every action is among it. */
export const actionCases: readonly ActionCase[] = [
  ...programCases,
  ...languageCases,
  ...fileCases,
  ...folderCases,
  ...networkCases,
  ...windowsCases,
];
