/**
 * The error of an input that is not the one of the run that is gone on with. It becomes a `JournalError` where the
 * journal is known.
 */
export class InputChanged extends Error {
  override readonly name: string = 'InputChanged';
}
