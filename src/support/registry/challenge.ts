/** One way to authenticate that a server offers in `WWW-Authenticate`. */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads RFC 9110 challenges; what cannot be read is left out. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  for (const match of header.slice(0, 8192).matchAll(tokenPattern)) {
    const [, name = '', quoted, bare, scheme] = match;
    if (scheme !== undefined) {
      challenges.push({ scheme: scheme.toLowerCase(), parameters: Object.create(null) });
      continue;
    }
    const current = challenges.at(-1);
    if (current) current.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
  }
  return challenges;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const tokenPattern = new RegExp(
  `(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))|(${token})(?=\\s|$)`,
  'g',
);
