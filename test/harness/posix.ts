/** For tests of what is POSIX only: leaves a test out on Windows, by name and with the reason. */
export function needsPosix(reason: string): { readonly skip: string | false } {
  return { skip: process.platform === 'win32' && `POSIX only: ${reason}` };
}
