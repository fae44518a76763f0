/** The object of spawned programs: what its calls give follows from those before. */
export class Sum {
  total = 0;

  add(by: number): number {
    this.total += by;
    return this.total;
  }

  fail(): never {
    throw Object.assign(new RangeError('the object fails'), { code: 'E_FAULT' });
  }

  giveFunction(): unknown {
    return { rows: [() => {}] };
  }

  *count(to: number): Generator<number> {
    for (let n = 0; n < to; n++) yield n;
  }

  async callBack(times: number, callback: (n: number) => Promise<number>): Promise<number> {
    let sum = 0;
    for (let n = 0; n < times; n++) sum += await callback(n);
    return sum;
  }

  async take(numbers: AsyncIterable<number>): Promise<number> {
    let sum = 0;
    for await (const n of numbers) sum += n;
    return sum;
  }

  hang(): Promise<never> {
    return new Promise(() => {});
  }

  exit(): never {
    process.exit(7);
  }
}
