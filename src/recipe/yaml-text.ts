import {
  Composer,
  type CST,
  type Document,
  isCollection,
  isScalar,
  Lexer,
  LineCounter,
  type ParsedNode,
  Parser,
  visit,
  type YAMLParseError,
} from 'yaml';

/** A text as the YAML library understands it; offsets are into `text`. */
export interface YamlText {
  readonly text: string;
  readonly document: Document.Parsed<ParsedNode>;
  readonly errors: readonly YamlFault[];
  readonly lines: LineCounter;
}

export interface YamlFault {
  readonly offset: number;
  readonly code: string;
  readonly message: string;
}

/** Nesting that a recipe may have; deeper is an attack or an accident. */
const deepest = 64;
/** Words, dashes, colons and so on: ten times what a huge recipe has. */
const mostLexemes = 40_000;

/** More than anybody reads. */
const mostErrors = 1000;

/** YAML 1.2 core. Nesting is limited while reading, before anything recursive sees it. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const { tokens, excess } = tokenize(text, lines);
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
  });
  const documents = withoutStacks(() => [...composer.compose(tokens, true, text.length)]);
  const [document, second] = documents;
  if (!document) throw new TypeError('the YAML library gave no document');
  const errors: YamlFault[] = document.errors.slice(0, mostErrors).map((error) => ({
    offset: opening(document, error) ?? firstSign(text, error.pos[0]),
    code: error.code,
    message: error.message,
  }));
  if (excess) {
    errors.splice(0, errors.length, excess);
  } else if (second) {
    errors.push({ offset: second.range[0], code: 'MULTIPLE_DOCS', message: 'a second document' });
  }
  const { yaml } = document.directives ?? {};
  if (yaml?.explicit && yaml.version !== '1.2') {
    errors.push({
      offset: Math.max(0, text.indexOf('%YAML')),
      code: 'YAML_VERSION',
      message: `YAML ${yaml.version}`,
    });
  }
  return { text, document, errors, lines };
}

/** The library makes an error with a stack for every wrong character, of which a hostile text has a million. */
function withoutStacks<T>(run: () => T): T {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = before;
  }
}

/** Errors in indentation are reported where it starts. */
function firstSign(text: string, offset: number): number {
  const white = /^\s+/.exec(text.slice(offset, offset + 1000))?.[0].length ?? 0;
  return offset + white < text.length ? offset + white : offset;
}

/** Where the quote or bracket was opened that an error at the end of the text misses. */
function opening(document: Document.Parsed<ParsedNode>, error: YAMLParseError): number | undefined {
  const quote = /^Missing closing/.test(error.message);
  if (!quote && !/^Flow (sequence|map).* must .*end with|^Expected .* to end with/.test(error.message))
    return undefined;
  let found: number | undefined;
  visit(document, {
    Node: (_key, node) => {
      const [start, , end] = node.range ?? [0, 0, 0];
      const fits = quote ? isScalar(node) && node.type?.startsWith('QUOTE') : isCollection(node) && node.flow;
      if (fits && start <= error.pos[0] && end >= error.pos[0] - 1) found = start;
    },
  });
  return found;
}

function tokenize(text: string, lines: LineCounter): { tokens: CST.Token[]; excess?: YamlFault } {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  const stop = (code: string, message: string) => ({
    tokens: [],
    excess: { offset: Math.min(parser.offset, text.length), code, message },
  });
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > deepest + 2) return stop('TOO_DEEP', `nested deeper than ${deepest} levels`);
    if (++lexemes > mostLexemes) return stop('TOO_LONG', `more than ${mostLexemes} words and signs`);
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens };
}
