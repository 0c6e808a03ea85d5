import { z } from 'zod';
import type { Machine } from '../platforms/types.ts';
import { type Account, type Group, readAccounts, readGroups } from './accounts.ts';
import { readText } from './capture.ts';
import { defineCheck } from './define-check.ts';
import { failed, oneLine, passed, quoted, verdictOn } from './findings.ts';

const id = z.int().min(0).max(4_294_967_294);
const accountName = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^:\s]+$/, 'a name without colons and spaces');

const schema = z.strictObject({
  user: accountName.describe('Name of the user.'),
  exists: z.boolean().default(true).describe('Whether there must be such a user, or must not.'),
  uid: id.optional().describe('Number of the user.'),
  gid: id.optional().describe('Number of its primary group.'),
  groups: z
    .array(accountName)
    .max(100)
    .optional()
    .describe('Groups that the user must be in; it may be in more.'),
  shell: z.string().max(4096).optional().describe('Its login shell.'),
  home: z.string().max(4096).optional().describe('Its home folder.'),
  locked: z.boolean().optional().describe('Whether its password must be locked, or must not.'),
});

export const user = defineCheck({
  type: 'user',
  summary: 'Looks up a user: number, groups, shell, home, lock',
  needs: 'container',
  needsMainProcess: false,
  schema,
  async run(options, { machine, signal }) {
    const account = (await readAccounts(machine, signal)).find(({ name }) => name === options.user);
    const subject = `user ${options.user}`;
    if (!account) {
      const message = `${subject} does not exist`;
      return options.exists
        ? failed(`expected ${subject} to exist, but /etc/passwd has none of that name`)
        : passed(message);
    }
    if (!options.exists)
      return failed(`expected ${subject} not to exist, but it does, with uid ${account.uid}`);
    const differences = [
      ...different('uid', options.uid, account.uid),
      ...different('gid', options.gid, account.gid),
      ...groupDifferences(options.groups, account, await readGroups(machine, signal)),
      ...different('shell', options.shell, account.shell || '/bin/sh'),
      ...different('home', options.home, account.home),
      ...(await lockDifferences(options.locked, account, machine, signal)),
    ];
    return verdictOn(subject, differences);
  },
});

function different(what: string, expected: string | number | undefined, found: string | number): string[] {
  if (expected === undefined || expected === found) return [];
  return [`expected ${what} ${expected}, found ${typeof found === 'string' ? quoted(found) : found}`];
}

function groupDifferences(
  expected: readonly string[] | undefined,
  account: Account,
  groups: readonly Group[],
): string[] {
  if (!expected) return [];
  const isIn = (group: Group) => group.gid === account.gid || group.members.includes(account.name);
  const found = groups.filter(isIn).map(({ name }) => name);
  const missing = expected.filter((name) => !found.includes(name));
  if (missing.length === 0) return [];
  return [
    `expected it in ${missing.join(', ')}, but it is only in ${found.map(oneLine).join(', ') || 'no group'}`,
  ];
}

/** As `passwd -S` sees it: a hash that starts with `!` or `*` can match no password. */
async function lockDifferences(
  expected: boolean | undefined,
  account: Account,
  machine: Machine,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  if (expected === undefined) return [];
  const shadow = (await readText(machine, '/etc/shadow', signal)) ?? '';
  const row = shadow.split('\n').find((line) => line.startsWith(`${account.name}:`));
  if (row === undefined) return ['expected an entry in /etc/shadow, found none'];
  const hash = row.split(':')[1] ?? '';
  const found = /^[!*]/.test(hash);
  if (found === expected) return [];
  const unlocked = hash === '' ? 'without any password' : 'not locked';
  return [
    found ? 'expected it not to be locked, but it is' : `expected it to be locked, but it is ${unlocked}`,
  ];
}
