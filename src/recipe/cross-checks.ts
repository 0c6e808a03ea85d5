import { crossCheckBoot } from './boot-checks.ts';
import { crossCheckDisk } from './disk-checks.ts';
import { field, fieldsAt, items } from './loose-values.ts';
import type { Problem, Problems } from './problems.ts';
import type { Path, Source } from './source.ts';
import { fileTarget } from './spec.ts';
import { code } from './words.ts';

/** Rules over several fields. They hold on a recipe that is wrong elsewhere too, so they trust no type. */
export function crossCheck(source: Source, data: unknown, problems: Problems, env: NodeJS.ProcessEnv): void {
  const context = {
    source,
    data,
    add: (problem: Problem) => !problems.silenced(problem.path) && problems.add(source, problem),
  };
  testNames(context);
  outputTypes(context);
  fileTargets(context);
  stepNames(context);
  portNumbers(context);
  secretsInConfig(context, env);
  crossCheckDisk(context);
  crossCheckBoot(context);
}

export interface CheckContext {
  readonly source: Source;
  readonly data: unknown;
  add(problem: Problem): void;
}

function testNames({ source, data, add }: CheckContext): void {
  const first = new Map<string, Path>();
  for (const [index, test] of items(data, ['tests'])) {
    const name = field(test, 'name');
    const path = ['tests', index, 'name'];
    if (name !== undefined) twice(first, name, path, source, add, `There are two tests named ${code(name)}`);
  }
}

function outputTypes({ source, data, add }: CheckContext): void {
  const first = new Map<string, Path>();
  for (const [index, output] of items(data, ['outputs'])) {
    const type = typeof output === 'string' ? output : field(output, 'type');
    const path = ['outputs', index, ...(typeof output === 'string' ? [] : ['type'])];
    if (type !== undefined) twice(first, type, path, source, add, `The output ${code(type)} is listed twice`);
  }
}

function fileTargets({ source, data, add }: CheckContext): void {
  const first = new Map<string, Path>();
  for (const [index, file] of items(data, ['files'])) {
    const to = field(file, 'to');
    const from = field(file, 'from');
    const path = ['files', index, 'to'];
    if (!to?.startsWith('/')) continue;
    const target = fileTarget({ to, ...(from === undefined ? {} : { from }) });
    if (from === undefined && to.endsWith('/')) {
      add({
        path,
        message: `${code(to)} is a folder; text needs the path of a file.`,
        hint: `Add a file name: ${code(`${to}file.conf`)}.`,
      });
    } else if (target === '/' || /^\/(proc|sys|dev|run)(\/|$)/.test(target)) {
      add({
        path,
        message: `Nothing can be copied to ${code(target)}: ${target === '/' ? 'it is the root of the image' : 'it is not part of an image'}.`,
      });
    } else {
      twice(first, target, path, source, add, `Two files go to ${code(target)}`);
    }
  }
}

function stepNames({ source, data, add }: CheckContext): void {
  for (const [index] of items(data, ['components'])) {
    const first = new Map<string, Path>();
    for (const [number, step] of items(data, ['components', index, 'steps'])) {
      const name = field(step, 'name');
      const path = ['components', index, 'steps', number, 'name'];
      if (name !== undefined)
        twice(first, name, path, source, add, `There are two steps named ${code(name)}`);
    }
  }
}

function portNumbers({ data, add }: CheckContext): void {
  for (const [index, port] of items(data, ['config', 'ports'])) {
    const number =
      typeof port === 'string' ? Number(/^(\d{1,5})(\/(tcp|udp|sctp))?$/.exec(port)?.[1] ?? 1) : 1;
    if (number < 1 || number > 65_535) {
      add({
        path: ['config', 'ports', index],
        message: `Ports go from 1 to 65535, found ${code(String(port))}.`,
      });
    }
  }
}

/** What stands in the config is in the image for everybody to read. */
function secretsInConfig({ data, add }: CheckContext, env: NodeJS.ProcessEnv): void {
  const secrets = Object.entries(fieldsAt(data, ['secrets']));
  for (const section of ['env', 'labels']) {
    for (const [name, value] of Object.entries(fieldsAt(data, ['config', section]))) {
      const secret = secrets.find(([id, from]) => {
        const variable = field(from, 'env');
        const held = variable === undefined ? undefined : env[variable];
        const sameName = section === 'env' && (name === id || name === variable);
        return sameName || (held !== undefined && held.length >= 6 && String(value).includes(held));
      });
      if (!secret) continue;
      add({
        path: ['config', section, name],
        part: 'key',
        message: `${code(name)} holds the secret ${code(secret[0])}, but what is in \`config\` can be read by everybody who has the image.`,
        hint: `Remove it; components find the value in \`/run/secrets/${secret[0]}\`.`,
      });
    }
  }
}

function twice(
  first: Map<string, Path>,
  key: string,
  path: Path,
  source: Source,
  add: CheckContext['add'],
  message: string,
): void {
  const other = first.get(key);
  if (!other) {
    first.set(key, path);
    return;
  }
  const { line } = source.position(other);
  const known = source.frame(source.position(other)) !== undefined;
  add({
    path,
    message: `${message}${known ? `: the first is in line ${line}` : ''}.`,
    hint: 'Remove one, or change it.',
  });
}
