import { TelarError } from './telar-error.ts';

/** A file that cannot be opened or read any further: missing, damaged, or not what it should be. */
export class FileError extends TelarError {
  override name = 'FileError';
  /** Path of the file. */
  readonly file: string;
  /** Error code of the system, where the failure has one, such as `ENOENT`. */
  readonly code: string | undefined;

  constructor(file: string, cause: unknown) {
    const message = cause instanceof Error ? cause.message : String(cause);
    // A message that names the file already does not need the path twice.
    super(message.includes(file) ? message : `Cannot read ${file}: ${message}`, { cause });
    this.file = file;
    this.code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  }

  toJSON(): Record<string, unknown> {
    const { name, message, file, code } = this;
    return { name, message, file, code };
  }
}
