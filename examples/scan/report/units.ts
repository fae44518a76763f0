/** 1,631 */
export function describeCount(count: number): string {
  return count.toLocaleString('en');
}

/** 1 file, 2 files */
export function describeFiles(count: number): string {
  return count === 1 ? '1 file' : `${describeCount(count)} files`;
}

/** 47.7 MB, 812 kB, 3 B: three digits, in powers of 1000. */
export function describeBytes(bytes: number): string {
  let amount = bytes;
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (amount < 999.5 || unit === 'GB') return `${describeAmount(amount, unit === 'B' ? 0 : 1)} ${unit}`;
    amount /= 1000;
  }
  return '';
}

/** 10.2 s, 340 ms */
export function describeTime(ms: number): string {
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${describeAmount(ms / 1000, ms < 9995 ? 2 : 1)} s`;
}

function describeAmount(amount: number, digits: number): string {
  return amount.toFixed(amount < 99.95 ? digits : 0);
}
