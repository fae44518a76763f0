import { post } from './connection.ts';

/** A frame of the stack as the inspector sees it. */
export interface Frame {
  readonly scriptId: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Reads the stack with the ids of scripts, which only the inspector knows, and only while its runtime reports. */
export function readFrames(): readonly Frame[] {
  post('Runtime.enable');
  try {
    const { exceptionDetails } = post<{
      exceptionDetails?: { stackTrace?: { callFrames?: readonly Frame[] } };
    }>('Runtime.evaluate', { expression: 'throw 0', silent: true });
    return exceptionDetails?.stackTrace?.callFrames ?? [];
  } finally {
    post('Runtime.disable');
  }
}
