import { setTimeout as delay } from 'node:timers/promises';
import { GildError } from '../support/errors.ts';
import { noConnection, type Ssh } from './ssh.ts';

export interface CloudInitOptions {
  readonly ssh: Ssh;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Told instead, when the time is over; nothing is thrown then. */
  readonly onUnready?: ((error: GildError) => void) | undefined;
}

/**
 * Waits until cloud-init is through with the machine, where the machine has one: until then it makes users and keys,
 * and restarts the SSH server. How it ended is for others to judge. Throws `BOOT_FAILED` with what it is at when the
 * time is over.
 */
export async function waitForCloudInit(options: CloudInitOptions): Promise<void> {
  const { ssh, timeoutMs, signal, onUnready } = options;
  const patience = AbortSignal.timeout(timeoutMs);
  const over = signal ? AbortSignal.any([signal, patience]) : patience;
  try {
    while ((await ssh.run(untilDone, { signal: over })).exitCode === noConnection)
      await delay(retryMs, undefined, { signal: over });
  } catch (error) {
    signal?.throwIfAborted();
    if (!patience.aborted) throw error;
    const unready = new GildError({
      code: 'BOOT_FAILED',
      message: `cloud-init is still not done, ${Math.round(timeoutMs / 1000)} s after the machine let us in.`,
      hint: await account(ssh, signal),
    });
    if (!onUnready) throw unready;
    onUnready(unready);
  }
}

/**
 * Its last unit has started, failed, or is not going to start in this boot: then there is no job for it. Its own
 * `cloud-init status --wait` does not end where its units are disabled.
 */
const untilDone = `command -v systemctl >/dev/null || exit 0
while :; do
  state=$(systemctl show --property=ActiveState,Job cloud-final.service | tr '\\n' ' ')
  case "$state" in *Job=[1-9]*|*=activating*) sleep 1;; *) exit 0;; esac
done`;

/** For a server that is just being restarted. */
const retryMs = 500;

const accountMs = 60_000;

/** What it says of itself, or nothing where even that hangs. */
async function account(ssh: Ssh, signal: AbortSignal | undefined): Promise<string> {
  const said: Buffer[] = [];
  const patience = AbortSignal.timeout(accountMs);
  await ssh
    .run('cloud-init status --long; tail -n 5 /var/log/cloud-init-output.log', {
      onStdout: (chunk) => void said.push(chunk),
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    })
    .catch(() => undefined);
  signal?.throwIfAborted();
  return Buffer.concat(said).toString().trim() || 'It says nothing of itself.';
}
