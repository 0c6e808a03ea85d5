import type { Frame } from './types.ts';

interface DoctorFlags {
  readonly install: boolean;
  readonly yes: boolean;
  readonly withTests: boolean;
  readonly json: boolean;
}

export function addHostCommands({ program, cli, run }: Frame): void {
  program.commandsGroup('Host');

  program
    .command('doctor')
    .description('check that this host has what builds need, and install it')
    .option('--install', 'install what is missing with the package manager of the system', false)
    .option('-y, --yes', 'do not ask before installing', false)
    .option('--with-tests', "also what Gild's own tests need", false)
    .option('--json', 'print JSON', false)
    .action((flags: DoctorFlags) =>
      run(async () => {
        const { doctor } = await import('../commands/doctor.ts');
        return doctor(flags, cli);
      }),
    );
}
