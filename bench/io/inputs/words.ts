/** The vocabulary of the inputs. */
export const names: readonly string[] = ['Ada Lovelace', 'Grace Hopper', 'Edsger Dijkstra', 'Barbara Liskov'];
export const foreignNames: readonly string[] = [
  'Zoë Müller',
  'Łukasz Wiśniewski',
  '山田 太郎',
  'Анна Иванова',
];
export const countries: readonly string[] = ['DE', 'ES', 'FR', 'JP', 'PL', 'US'];
export const services: readonly string[] = ['accounts', 'basket', 'catalogue', 'orders', 'search'];
export const products: readonly string[] = ['chair', 'desk', 'lamp', 'loom', 'shelf', 'shuttle', 'yarn'];
export const notes: readonly string[] = [
  'the answer came from the cache of the second node',
  'the connection was kept open for the next request',
  'a retry was needed, as the first attempt ran into its limit',
];
export const foreignNotes: readonly string[] = [
  'größere Bestellung geprüft – Lieferung verzögert',
  'キャッシュから応答しました',
  'déjà vu : la requête a été répétée ✅',
];

export function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}
