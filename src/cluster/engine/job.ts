/** A chunk that waits for a node. It is small, so that dashboards stay quick: the items lie in the store. */
export interface ChunkJob {
  readonly v: 1;
  readonly run: string;
  readonly number: number;
  readonly items: number;
  readonly bytes: number;
  /** The caller, its machine and process. */
  readonly from: string;
}

/** A job on its way into the queue. */
export interface NewJob {
  /** Id that is never used twice: an id among the finished jobs swallows a new job in silence. */
  readonly id: string;
  /** Name of the task, for dashboards. */
  readonly name: string;
  readonly data: ChunkJob;
}

/** A node's report of a job that it has done, for dashboards. */
export interface JobReport {
  readonly items: number;
  readonly failed: number;
  readonly ms: number;
  readonly node: string;
}

/** Called with each job. What it throws fails the job at the broker, and nothing else. */
export type OnJob = (job: { readonly name: string; readonly data: unknown }) => Promise<JobReport | 'gone'>;
