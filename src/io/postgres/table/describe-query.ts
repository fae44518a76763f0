import type { PgClient } from '../connection/connection.ts';

/** The part of a connection of pg that takes messages of the protocol. */
interface Wire {
  parse(query: { readonly text: string; readonly name: string }): void;
  describe(target: { readonly type: 'S'; readonly name: string }): void;
  sync(): void;
}

/**
 * Finds the names of the columns that a statement gives, which does not run: some statements can stand in no other
 * query (WITH … RETURNING), and some change what is there.
 */
export function describeQuery(client: PgClient, text: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    let names: readonly string[] | undefined;
    client.query({
      // pg looks for a callback in a query.
      callback: () => {},
      submit(connection: Wire): void {
        connection.parse({ text, name: '' });
        connection.describe({ type: 'S', name: '' });
        connection.sync();
      },
      handleRowDescription({ fields }: { fields: readonly { name: string }[] }): void {
        names = fields.map(({ name }) => name);
      },
      handleReadyForQuery(): void {
        if (names === undefined)
          reject(new TypeError(`Expected a query that gives rows: ${text.slice(0, 100)}`));
        else resolve(names);
      },
      // The server answers `sync` behind its error as well, so that the client is free again.
      handleError: reject,
    });
  });
}
