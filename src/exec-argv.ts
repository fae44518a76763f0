/**
 * What a thread is started with so that it can load files: workers inherit `--input-type`, and then refuse to. An explicit
 * `execArgv` refuses V8's own flags, so it is given only where it is needed.
 */
export function withoutInputType(): { execArgv?: string[] } {
  if (!process.execArgv.some((flag) => flag.startsWith('--input-type'))) return {};
  const execArgv: string[] = [];
  for (let i = 0; i < process.execArgv.length; i++) {
    const flag = process.execArgv[i] as string;
    if (flag === '--input-type' || flag === '-e' || flag === '--eval' || flag === '-p' || flag === '--print')
      i++;
    else if (!flag.startsWith('--input-type=') && !flag.startsWith('--eval=')) execArgv.push(flag);
  }
  return { execArgv };
}
