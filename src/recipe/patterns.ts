import { z } from 'zod';
import { bytesPattern, durationPattern } from '../support/amounts.ts';

/** Text of a certain form; `expected` completes "must be". */
function text(pattern: RegExp, expected: string) {
  return z.string().regex(pattern, expected);
}

export const imageName = text(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
  'at most 128 letters, digits, `.`, `_` and `-`, starting with a letter or digit',
);

export const imageVersion = text(
  /^\d{1,9}\.\d{1,9}\.(\d{1,9}|x)$/,
  'three numbers such as `1.2.3`, or `1.2.x` for the next free one',
);

const part = '(\\d{1,9}|x)';

export const componentVersion = text(
  new RegExp(`^(latest|${part}\\.${part}\\.${part})$`),
  '`latest` or three numbers such as `1.2.3`, with `x` for any number',
);

export const componentName = text(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
  "a component's name: letters, digits, `.`, `_` and `-`; a document on disk is named by `path`",
);

export const componentReference = text(
  new RegExp(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}(@(latest|${part}\\.${part}\\.${part}))?$`),
  "a component's name such as `nginx` or `nginx@1.x.x`; a document on disk is named by `path`",
);

export const stepName = text(/^[A-Za-z0-9_-]{3,128}$/, '3 to 128 letters, digits, `_` and `-`');

export const testName = text(/^[^\u0000-\u001f\u007f]{1,128}$/, 'one line of at most 128 characters');

export const variableName = text(
  /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
  'letters, digits and `_`, not starting with a digit',
);

export const secretId = text(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  'at most 64 letters, digits, `.`, `_` and `-`, starting with a letter or digit',
);

export const environmentName = text(
  /^[A-Za-z_][A-Za-z0-9_]{0,255}$/,
  'letters, digits and `_`, not starting with a digit',
);

export const labelName = text(
  /^[^\s=\u0000-\u001f\u007f]{1,255}$/,
  'at most 255 characters without spaces and `=`',
);

/** One line without control characters: what ends up in a process's environment or an image's config. */
export const line = text(/^[^\u0000-\u0008\u000a-\u001f\u007f]*$/, 'one line without control characters');

export const absolutePath = text(
  /^\/(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f]{0,4095}$/,
  'an absolute path without `..`, such as `/srv/app`',
);

export const hostPath = text(/^[^\u0000-\u001f]{1,4096}$/, 'a path');

export const owner = text(/^([a-z_][a-z0-9_-]{0,31}\$?|\d{1,10})$/, 'a name such as `www-data`, or a number');

export const containerUser = text(
  /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,63})?$/,
  'a user by name or number, or `user:group`',
);

export const fileMode = text(/^(0o)?[0-7]{3,5}$/, 'permission bits in octal such as `0644`');

export const memorySize = text(bytesPattern, 'an amount with its unit such as `512MiB` or `2GiB`');

export const duration = text(durationPattern, 'a number with its unit such as `30m`, `12h`, `7d` or `2w`');

export const port = text(/^\d{1,5}(\/(tcp|udp|sctp))?$/, 'a port such as `80`, `80/tcp` or `53/udp`');

export const mountPoint = text(
  /^(?=.{2,200}$)(\/[A-Za-z0-9_@][A-Za-z0-9._@-]*)+$/,
  'an absolute path of letters, digits, `.`, `_`, `@` and `-`, such as `/var/lib/data`',
);

export const mountOption = text(
  /^[A-Za-z0-9_][A-Za-z0-9_.=:%-]{0,127}$/,
  'one option for mounting, such as `nodev`',
);
