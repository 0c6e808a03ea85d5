import type { Namespace } from '../../host/types.ts';
import { GildError } from '../../support/errors.ts';
import { execute } from './root.ts';

/** Each a file on a tmpfs that only the namespace sees; values go through a pipe and touch no disk. */
export async function writeSecrets(
  namespace: Namespace,
  folder: string,
  secrets: ReadonlyMap<string, string> | undefined,
): Promise<void> {
  if (!secrets || secrets.size === 0) return;
  await execute(
    namespace,
    ['mount', '-t', 'tmpfs', '-o', 'mode=0755,size=4m,nosuid,nodev,noexec', 'tmpfs', 'secrets'],
    folder,
  );
  for (const [name, value] of secrets) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)) {
      throw new GildError({ code: 'BUG', message: `A secret cannot be called \`${name}\`.` });
    }
    await execute(namespace, ['dd', 'status=none', `of=secrets/${name}`], folder, Buffer.from(value));
    await execute(namespace, ['chmod', '0400', `secrets/${name}`], folder);
  }
}
