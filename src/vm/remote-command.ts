import { environment } from '../platforms/environment.ts';
import type { Command } from '../platforms/types.ts';
import type { User } from '../platforms/users.ts';

export interface RemoteCommand {
  /** Unique in its machine. */
  readonly id: number;
  readonly command: Command;
  readonly user: User;
}

/**
 * What the machine's login shell reads to run a command as it would run in a sandbox: with a fixed environment, and
 * with nothing left behind. Without systemd it runs all the same, but what it leaves running stays.
 */
export function remoteCommand({ id, command, user }: RemoteCommand): string {
  const variables = environment({ HOME: user.home, ...command.env });
  const program = [
    ...(user.uid === 0 && user.gid === 0 ? [] : setpriv(user)),
    ...['env', '-i', ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)],
    ...command.argv,
  ];
  const words = program.map(quote).join(' ');
  return [
    `cd ${quote(command.cwd ?? '/')} || exit 1`,
    `command -v systemd-run >/dev/null || exec ${words}`,
    `systemd-run --quiet --scope --collect --unit=${scopeName(id)} -- ${words}`,
    'status=$?',
    endScope(id),
    'exit $status',
  ].join('\n');
}

/** Ends whatever is left of a command; quiet where nothing is. */
export function endScope(id: number): string {
  return `systemctl kill --signal=KILL ${scopeName(id)} 2>/dev/null`;
}

/** The unit that holds all that a command starts. */
function scopeName(id: number): string {
  return `gild-${id}.scope`;
}

function setpriv({ uid, gid, groups }: User): string[] {
  const supplementary = groups.length > 0 ? `--groups=${groups.join(',')}` : '--clear-groups';
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, supplementary, '--'];
}

/** One word of a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
