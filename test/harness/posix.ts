/** Leaves a test of something that is POSIX only out on Windows, by name and with the reason. */
export function needsPosix(reason: string): { readonly skip: string | false } {
  return { skip: process.platform === 'win32' && `POSIX only: ${reason}` };
}
