/** The lines of Node that the rows are run on. */
export type NodeLine = '20' | '22' | '24' | '26';

/** A program of a package that is installed, with its arguments; `node` is the Node of the way. */
export type Command = readonly [packageAndProgram: string, ...args: string[]];

/** Form in which the rows are written. */
export interface Form {
  /** JavaScript, as a compiler that only strips would leave it, or TypeScript for the tool to compile. */
  readonly language: 'js' | 'ts';
  /** `cjs` is CommonJS as it is written by hand. */
  readonly modules: 'esm' | 'cjs';
  /**
   * Expression by which the program says where it lies: `import.meta.url` or `__filename`. `@defaultValue` by `modules`
   */
  readonly here?: 'url' | 'filename';
  /** The kind of decorators that is compiled. `@defaultValue` standard */
  readonly decorators?: 'standard' | 'legacy';
  /** The ending by which the files import each other. `@defaultValue` js */
  readonly ending?: 'js' | 'ts';
  /** Files of rows, as `typescript/enums`, that the tool cannot compile, whatever is in their tasks. */
  readonly without?: readonly string[];
}

/** A way to build and to run a program that uses the package. */
export interface Way {
  readonly name: string;
  /** `@defaultValue` 20 alone */
  readonly nodes?: readonly NodeLine[];
  /** Whether the way is among the third that `npm run test:all` runs. */
  readonly quick?: boolean;
  /** Name of the packages that are installed beside Telar, with versions. Ways of the same kit have their packages in common. */
  readonly kit: string;
  readonly form: Form;
  /** The type in the `package.json` of the folder that runs. `@defaultValue` module */
  readonly type?: 'module' | 'commonjs';
  /** Files beside the rows, such as a configuration, and what else the program's `package.json` has. */
  readonly files?: Readonly<Record<string, string>>;
  readonly build?: readonly Command[];
  /** Files and folders that are copied into the folder that was built, beside the program. */
  readonly beside?: Readonly<Record<string, string>>;
  readonly run: Command;
  readonly env?: Readonly<Record<string, string>>;
  /** Rows (`classes: accessors`, or `classes: *`) that are refused here and not under plain Node, with the reason. */
  readonly refused?: Readonly<Record<string, string>>;
  /** Rows that the tool itself does otherwise, in a plain loop as well, or that it has no way for, with the reason. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** Any row may be refused in these words, which the page of tools has … */
  readonly refusedWith?: RegExp;
  /** … and this many work all the same. */
  readonly leastWorking?: number;
  /** Every call is refused, in these words. */
  readonly refusesAll?: RegExp;
}
