import { readFileSync } from 'node:fs';

/** Value that a figure should have. */
export interface Goal {
  readonly id: string;
  readonly goal: number;
  readonly unit: string;
  readonly direction: 'at most' | 'at least';
  /** Origin of the number. */
  readonly source: string;
}

/** One number that a case found. */
export interface Figure {
  /** Name of the figure's goal. */
  readonly id: string;
  readonly value: number;
}

export interface Verdict {
  readonly figure: Figure;
  readonly goal: Goal;
  readonly isReached: boolean;
  /** Distance from the goal, in the goal's unit; 0 when it is reached. */
  readonly shortBy: number;
}

const FILE = new URL('../../../bench/goals.json', import.meta.url);

export function readGoals(): readonly Goal[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Goal[];
}

/** A figure that could not be measured (`NaN`) reaches nothing. */
export function compareWithGoal(figure: Figure, goals: readonly Goal[]): Verdict {
  const goal = goals.find(({ id }) => id === figure.id);
  if (goal === undefined) throw new Error(`goals.json has no goal for the figure "${figure.id}".`);
  const over = goal.direction === 'at most' ? figure.value - goal.goal : goal.goal - figure.value;
  const isReached = over <= 0;
  return { figure, goal, isReached, shortBy: isReached ? 0 : over };
}
