/** Three steps over objects of about 1 KB. */
export interface Wide {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
  readonly text: string;
  readonly score: number;
}

export function makeWide(id: number): Wide {
  return {
    id,
    name: `name ${id}`,
    tags: [`a${id % 7}`, `b${id % 11}`, 'c'],
    text: `text of ${id} `.repeat(60),
    score: id % 100,
  };
}

export function trim(wide: Wide): Wide {
  return { ...wide, name: wide.name.trim().toUpperCase() };
}

export function score(wide: Wide): Wide {
  return { ...wide, score: wide.score * 2 + wide.text.length };
}

export function tag(wide: Wide): Wide {
  return { ...wide, tags: [...wide.tags, wide.score > 100 ? 'high' : 'low'] };
}

/** All three. */
export function runStages(wide: Wide): Wide {
  return tag(score(trim(wide)));
}
