import { listCallingScripts, readCallingScript } from './calling-scripts.ts';
import { createScript, type Script } from './script.ts';
import { openScripts, type ScriptReader } from './session.ts';

/** The most scripts that are kept: functions made from strings have one each, so only the latest stay. */
const keptScripts = 500;
const scripts = new Map<string, Script | undefined>();
let reader: ScriptReader | undefined;
let calling: ReturnType<typeof listCallingScripts> | undefined;

/**
 * Reads the script with this id; `undefined` for one that the engine keeps to itself.
 *
 * @param isModule - Whether one of its functions sees the variables of a module, if that is known.
 *
 * @remarks `closeScripts` must follow.
 */
export function readScript(id: string, isModule?: boolean): Script | undefined {
  if (!scripts.has(id)) {
    scripts.set(id, readFromStack(id, isModule) ?? readFromEngine(id));
    for (const oldest of scripts.keys()) {
      if (scripts.size <= keptScripts) break;
      scripts.delete(oldest);
    }
  }
  return scripts.get(id);
}

/** Ends the reading of scripts. One task may take many, and finding them costs the same for one as for all. */
export function closeScripts(): void {
  reader?.close();
  reader = undefined;
  calling = undefined;
}

/** Reads a script from the stack: most functions are written where the call is made, and that file is on the stack. */
function readFromStack(id: string, isModule: boolean | undefined): Script | undefined {
  if (isModule === undefined || reader !== undefined) return undefined;
  calling ??= listCallingScripts();
  const found = calling.get(id);
  return found && readCallingScript(id, found, isModule);
}

function readFromEngine(id: string): Script | undefined {
  reader ??= openScripts();
  const description = reader.scripts.get(id);
  return description && createScript(description, reader.readText(id));
}
