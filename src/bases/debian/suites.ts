/** A release of Debian, by the name of its folder in the archive. */
export interface Suite {
  readonly codename: string;
  /** `debian:12` is what other tools call it. */
  readonly number?: string;
  /** sid gets fixes as ordinary uploads. */
  readonly hasUpdates: boolean;
}

export const suites: readonly Suite[] = [
  { codename: 'bullseye', number: '11', hasUpdates: true },
  { codename: 'bookworm', number: '12', hasUpdates: true },
  { codename: 'trixie', number: '13', hasUpdates: true },
  { codename: 'forky', number: '14', hasUpdates: true },
  { codename: 'sid', hasUpdates: false },
];

/** Names that move from release to release: the archive says which one they mean today. */
export const aliases: readonly string[] = ['oldoldstable', 'oldstable', 'stable', 'testing', 'unstable'];

export function findSuite(codename: string): Suite | undefined {
  return suites.find((suite) => suite.codename === codename);
}
