import { constantCondition } from './rules/constant-condition.ts';
import { deprecatedCommand } from './rules/deprecated-command.ts';
import { fileMode } from './rules/file-mode.ts';
import { hiddenPipeFailure } from './rules/hidden-pipe-failure.ts';
import { insecureDownload } from './rules/insecure-download.ts';
import { needlessSudo } from './rules/needless-sudo.ts';
import { packagePrompt } from './rules/package-prompt.ts';
import { swallowedError } from './rules/swallowed-error.ts';
import { unquotedReference } from './rules/unquoted-reference.ts';
import { unreachable } from './rules/unreachable.ts';
import { unusedDeclaration } from './rules/unused-declaration.ts';
import { unverifiedDownload } from './rules/unverified-download.ts';
import type { LintRule } from './types.ts';

/** Every rule, in the order of the reference. */
export const lintRules: readonly LintRule[] = [
  swallowedError,
  hiddenPipeFailure,
  unquotedReference,
  unverifiedDownload,
  insecureDownload,
  packagePrompt,
  unreachable,
  constantCondition,
  unusedDeclaration,
  fileMode,
  needlessSudo,
  deprecatedCommand,
];
