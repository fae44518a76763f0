/** The repository's folder. Tests run from `dist/test`, their fixtures and the sources stand beside `dist`. */
export const root: URL = new URL('../../../', import.meta.url);
