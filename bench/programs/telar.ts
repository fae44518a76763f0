/** Telar as it is published: one file for each thread, which is what a start and a worker's memory depend on. */
export async function importTelar(): Promise<typeof import('telar')> {
  return (await import(new URL('../../bundle/telar.js', import.meta.url).href)) as typeof import('telar');
}
