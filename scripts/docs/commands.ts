import type { Argument, Command, Option } from 'commander';
import { createCli } from '../../src/cli/cli.ts';
import { createProgram } from '../../src/cli/program/program.ts';
import { code, pageHead, table } from './markdown.ts';

export function commandsPage(): string {
  const program = createProgram(createCli(), () => undefined);
  const commands = leaves(program);
  return [
    ...pageHead('Commands', 'src/cli/program'),
    '`gild --help` lists the commands, `gild <command> --help` the options of one. For all commands:',
    '',
    ...table(['option', 'meaning'], program.options.map(optionRow)),
    '',
    ...table(
      ['command', 'what it does'],
      commands.map((command) => [`[${path(command)}](#${anchor(command)})`, command.description()]),
    ),
    ...commands.flatMap(section),
    '',
  ].join('\n');
}

function leaves(command: Command): Command[] {
  return command.commands.flatMap((inner) => (inner.commands.length > 0 ? leaves(inner) : [inner]));
}

function path(command: Command): string {
  return command.parent ? `${path(command.parent)} ${command.name()}` : command.name();
}

function anchor(command: Command): string {
  return path(command).replaceAll(' ', '-');
}

function section(command: Command): string[] {
  const usage = [path(command), ...command.registeredArguments.map(argumentText)].join(' ');
  const rows = [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)];
  return [
    '',
    `## ${path(command)}`,
    '',
    `${code(usage)}: ${command.description()}.`,
    ...(rows.length > 0 ? ['', ...table(['argument or option', 'meaning'], rows)] : []),
  ];
}

function argumentText(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function argumentRow(argument: Argument): string[] {
  return [code(argumentText(argument)), argument.description];
}

function optionRow({ flags, description, argChoices, defaultValue }: Option): string[] {
  const choices = argChoices ? `: ${argChoices.map(code).join(', ')}` : '';
  const standard = typeof defaultValue === 'string' ? ` (default: ${code(defaultValue)})` : '';
  return [code(flags), `${description}${choices}${standard}`];
}
