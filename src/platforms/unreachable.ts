import { GildError } from '../support/errors.ts';

export function unreachable(why: string, hint?: string): GildError {
  return new GildError({
    code: 'MACHINE_UNREACHABLE',
    message: `The virtual machine cannot be reached: ${why}.`,
    ...(hint !== undefined && { hint }),
  });
}

/** Whether a machine runs but lets nobody run a command in it. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof GildError && error.code === 'MACHINE_UNREACHABLE';
}
