// Words for a union: one entry for each value of its discriminating field. In: the field and a table of functions. Out:
// one function over the union. The compiler requires every entry.

type Narrowed<Union, Tag extends keyof Union, Value> = Union & { readonly [Field in Tag]: Value };

/** Calls the entry for the given member. */
export function byCase<Union, Tag extends keyof Union & string, Result>(
  tag: Tag,
  table: { readonly [Value in Union[Tag] & string]: (of: Narrowed<Union, Tag, Value>) => Result },
): (of: Union) => Result {
  return (of) => table[of[tag] as Union[Tag] & string](of as never);
}
