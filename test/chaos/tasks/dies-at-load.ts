/** A module that ends its worker as soon as it is loaded: the main thread never loads it. */
if (process.pid > 0) process.exit(9);

export const never = (item: number): number => item;
