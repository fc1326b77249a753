// Words for a union: one entry for each value of the field that tells its members apart. In: the field and a table of functions.
// Out: one function over the union. The compiler asks for every entry.

type Narrowed<Union, Tag extends keyof Union, Value> = Union & { readonly [Field in Tag]: Value };

/** The entry for the member that is given. */
export function byCase<Union, Tag extends keyof Union & string, Result>(
  tag: Tag,
  table: { readonly [Value in Union[Tag] & string]: (of: Narrowed<Union, Tag, Value>) => Result },
): (of: Union) => Result {
  return (of) => table[of[tag] as Union[Tag] & string](of as never);
}
