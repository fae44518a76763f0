import { book, type Booking, type Sale } from '../tasks.ts';

/** An object on a thread of its own, with one method. */
export class Clerk {
  book(sale: Sale): Booking {
    return book(sale);
  }
}
