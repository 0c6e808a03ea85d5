/** One suite of one archive, as a tree's apt would ask it. */
export interface AptSuite {
  /** Without a slash at its end. */
  readonly archive: string;
  readonly suite: string;
  readonly components: readonly string[];
}

export const isAptSource = (path: string): boolean =>
  path === 'etc/apt/sources.list' ||
  /^etc\/apt\/sources\.list\.d\/[A-Za-z0-9_.-]+\.(?:list|sources)$/.test(path);

/** Reads the files of `/etc/apt`, by their paths; what cannot be asked over http is left out. */
export function parseAptSources(files: ReadonlyMap<string, string>): AptSuite[] {
  const found = [...files].flatMap(([path, text]) =>
    path.endsWith('.sources') ? parseStanzas(text) : parseLines(text),
  );
  const unique = new Map<string, AptSuite>();
  for (const { archive, suite, components } of found) {
    const key = `${archive} ${suite}`;
    const all = new Set([...(unique.get(key)?.components ?? []), ...components]);
    unique.set(key, { archive, suite, components: [...all].sort() });
  }
  return [...unique.values()];
}

/** `deb [options] http://deb.debian.org/debian bookworm main` */
function parseLines(text: string): AptSuite[] {
  return text.split('\n').flatMap((line) => {
    const [, uri = '', suite = '', rest = ''] =
      /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)/.exec(line) ?? [];
    return suiteOf(uri, suite, words(rest));
  });
}

/** Stanzas of `Types:`, `URIs:`, `Suites:`, `Components:`, with continued lines. */
function parseStanzas(text: string): AptSuite[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    let last = '';
    for (const line of stanza.split('\n').filter((candidate) => !candidate.startsWith('#'))) {
      const [, name, value = ''] = /^([A-Za-z-]+):(.*)$/.exec(line) ?? [];
      if (name) last = name.toLowerCase();
      fields.set(last, `${fields.get(last) ?? ''} ${name ? value : line}`);
    }
    const field = (name: string) => words(fields.get(name) ?? '');
    if (!field('types').includes('deb') || field('enabled')[0] === 'no') return [];
    return field('uris').flatMap((uri) =>
      field('suites').flatMap((suite) => suiteOf(uri, suite, field('components'))),
    );
  });
}

/** A suite with a slash at its end is a flat archive, which has no list by component. */
function suiteOf(uri: string, suite: string, components: readonly string[]): AptSuite[] {
  const url = URL.parse(uri);
  if (!url || !/^https?:$/.test(url.protocol) || !/^[\w.+~/-]+$/.test(suite)) return [];
  if (suite.endsWith('/') || suite.includes('..') || components.length === 0) return [];
  const known = components.filter((component) => /^[\w.+~/-]+$/.test(component) && !component.includes('..'));
  url.hash = '';
  return [{ archive: url.href.replace(/\/+$/, ''), suite, components: known }];
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
