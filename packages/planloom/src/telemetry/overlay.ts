// Puts functions over those of an object. In: an object, and members of the same names. Out: an object that has them, and
// all else as it is, also what a later version adds. The given object is not changed: a program may share or freeze it.

export function overlay<T extends object>(under: T, over: Partial<T>): T {
  const bound = new Map<PropertyKey, unknown>();
  const get = (name: PropertyKey): unknown => {
    if (Object.hasOwn(over, name)) return over[name as keyof T];
    const value: unknown = Reflect.get(under, name, under);
    if (typeof value !== "function") return value;
    // Methods with private fields know only their own object.
    if (!bound.has(name)) bound.set(name, value.bind(under));
    return bound.get(name);
  };
  // An object of its own: a proxy may not show another value of a member that is frozen.
  return new Proxy({} as T, {
    get: (_, name) => get(name),
    has: (_, name) => name in over || name in under,
    ownKeys: () => [...new Set([...Reflect.ownKeys(under), ...Reflect.ownKeys(over)])],
    getOwnPropertyDescriptor: (_, name) =>
      Object.hasOwn(over, name) || Object.hasOwn(under, name)
        ? { value: get(name), enumerable: true, configurable: true }
        : undefined,
  });
}
