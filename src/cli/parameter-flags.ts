import { InvalidArgumentError } from 'commander';

type Values = Readonly<Record<string, string>>;

/** `--parameters a=1,b=2`, also more than once. A comma begins a new one only where a name and `=` follow. */
export function collectParameters(text: string, before: Values): Values {
  const values: Record<string, string> = { ...before };
  for (const part of text.split(/,(?=[A-Za-z0-9_-]+=)/)) {
    const end = part.indexOf('=');
    const name = part.slice(0, end);
    if (end < 1 || !/^[A-Za-z0-9_-]+$/.test(name)) {
      throw new InvalidArgumentError('Write it as name=value,name2=value2.');
    }
    const value = part.slice(end + 1);
    if (value === '') throw new InvalidArgumentError(`The value of ${name} is empty.`);
    values[name] = value;
  }
  return values;
}

export function parameterArguments(parameters: Values): readonly string[] {
  return Object.entries(parameters).flatMap(([name, value]) => ['--parameters', `${name}=${value}`]);
}

/** `a,b` */
export function splitList(text: string, before: readonly string[]): readonly string[] {
  return [...before, ...text.split(',').map((part) => part.trim())].filter((part) => part !== '');
}
