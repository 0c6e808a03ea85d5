/** Ends an attempt of a step from inside: nothing else of it runs, and the message is that of its failure. */
export class AttemptEnded extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
