import { inTurn } from '../../host/in-turn.ts';
import type { Namespace } from '../../host/types.ts';
import { GildError } from '../../support/errors.ts';
import { execute, mountTmpfs } from './root.ts';

/** A tmpfs that only the namespace sees. */
export const mountSecrets = mountTmpfs('size=4m,noexec', 'secrets');

/** Each a file on that; values go through a pipe and touch no disk. */
export async function writeSecrets(
  namespace: Namespace,
  folder: string,
  secrets: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [name, value] of secrets) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)) {
      throw new GildError({ code: 'BUG', message: `A secret cannot be called \`${name}\`.` });
    }
    const file = `secrets/${name}`;
    const write = inTurn([
      ['busybox', 'dd', `of=${file}`],
      ['busybox', 'chmod', '0400', file],
    ]);
    await execute(namespace, write, folder, Buffer.from(value));
  }
}
