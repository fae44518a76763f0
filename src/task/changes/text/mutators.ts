import * as types from 'node:util/types';

const arrayMethods = new Set('push pop shift unshift splice sort reverse fill copyWithin'.split(' '));
const mapMethods = new Set(['set', 'delete', 'clear']);
const setMethods = new Set(['add', 'delete', 'clear']);
const typedMethods = new Set(['set', 'fill', 'sort', 'reverse', 'copyWithin']);
const bufferMethod = /^(?:write|swap\d)/;
const viewMethod = /^set(?:Big)?(?:Int|Uint|Float)\d+$/;

/** Returns whether a method of this name changes the object that it is called on, in one of the language's classes. */
export function mayChange(method: string): boolean {
  return (
    arrayMethods.has(method) ||
    mapMethods.has(method) ||
    setMethods.has(method) ||
    bufferMethod.test(method) ||
    viewMethod.test(method)
  );
}

/** Returns whether a method of this name gives the object that it was called on. */
export function givesItself(method: string): boolean {
  return /^(?:set|add|sort|reverse|fill|copyWithin)$/.test(method);
}

/** Returns whether a method of this name gives one of the things that the object holds. */
export function givesElement(method: string): boolean {
  return method === 'get' || method === 'at';
}

/** Returns whether this very object has the method from its class, and the method changes it. */
export function isChangedBy(object: object, method: string): boolean {
  if (Object.hasOwn(object, method)) return false;
  if (Array.isArray(object)) return arrayMethods.has(method);
  if (types.isMap(object)) return mapMethods.has(method);
  if (types.isSet(object)) return setMethods.has(method);
  if (types.isDataView(object)) return viewMethod.test(method);
  if (Buffer.isBuffer(object) && bufferMethod.test(method)) return true;
  return ArrayBuffer.isView(object) && typedMethods.has(method);
}
