// Puts functions over those of an object. In: an object, and functions of the same names. Out: an object that has them,
// and all else as it is, also what a later version adds. The given object is not changed: a program may share it.

export function overlay<T extends object>(target: T, over: Partial<T>): T {
  const bound = new Map<PropertyKey, unknown>();
  return new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(over, name)) return over[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (!bound.has(name)) bound.set(name, value.bind(target));
      return bound.get(name);
    },
  });
}
