// Arithmetic without eval. In: an expression and variables. Out: its value, or a ToolError with the position and what
// to write instead. Uses recursive descent and evaluates while it parses.
import { LIMITS } from "../../limits.js";
import { FORBIDDEN_KEYS } from "../../plan/json.js";
import { finite, wrong } from "./arithmetic-error.js";
import { CONSTANTS, ARITHMETIC_FUNCTIONS, type ArithmeticFunction } from "./arithmetic-functions.js";
import { arithmeticTokens, type Token } from "./arithmetic-token.js";

export type Variables = { readonly [name: string]: number | readonly number[] };

/**
 *     sum     = product (("+" | "-") product)*
 *     product = unary (("*" | "/" | "%") unary)*
 *     unary   = ("-" | "+") unary | power
 *     power   = atom ("^" unary)?          right associative; -2^2 is -4
 *     atom    = number | name | name "(" argument ("," argument)* ")" | "(" sum ")"
 */
export function evaluateArithmetic(expression: string, variables: Variables = {}): number {
  checkVariables(variables);
  if (expression.length > LIMITS.expressionChars) {
    wrong("CALC_TOO_LONG", LIMITS.expressionChars, {});
  }
  const reader = new Reader(arithmeticTokens(expression), variables);
  const value = reader.sum();
  reader.end();
  return value;
}

function checkVariables(variables: Variables): void {
  for (const name of Object.keys(variables)) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !FORBIDDEN_KEYS.has(name)) continue;
    wrong("CALC_VARIABLE", 0, { name });
  }
}

class Reader {
  #at = 0;
  #depth = 0;
  /** Numbers that were read from lists, each time that a list is named. */
  #numbers = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly variables: Variables,
  ) {}

  sum(): number {
    let value = this.#product();
    for (;;) {
      const operator = this.#take("+", "-");
      if (operator === undefined) return value;
      const right = this.#product();
      value = finite(operator.text === "+" ? value + right : value - right, operator.at, { of: "result" });
    }
  }

  /** Throws unless the whole text has been read. */
  end(): void {
    const token = this.#token();
    if (token.kind === "end") return;
    wrong("CALC_SYNTAX", token.at, { problem: "rest", text: token.text });
  }

  #product(): number {
    let value = this.#unary();
    for (;;) {
      const operator = this.#take("*", "/", "%");
      if (operator === undefined) return value;
      value = this.#times(operator, value, this.#rightOf(operator));
    }
  }

  #times(operator: Token, left: number, right: number): number {
    if (operator.text === "*") return finite(left * right, operator.at, { of: "product" });
    if (right === 0) wrong("CALC_DIVISION_BY_ZERO", operator.at, { problem: "division" });
    return finite(operator.text === "/" ? left / right : left % right, operator.at, { of: "quotient" });
  }

  /** Explains `30%`, a common mistake: % is the remainder here. */
  #rightOf(operator: Token): number {
    const { kind, text, at } = this.#token();
    if (operator.text === "%" && (kind === "end" || [")", ",", "+", "*", "/", "^"].includes(text))) {
      wrong("CALC_SYNTAX", at, { problem: "percent" });
    }
    return this.#unary();
  }

  #unary(): number {
    return this.#deeper(() => {
      const sign = this.#take("-", "+");
      if (sign === undefined) return this.#power();
      return sign.text === "-" ? 0 - this.#unary() : this.#unary();
    });
  }

  #power(): number {
    const base = this.#atom();
    const operator = this.#take("^");
    if (operator === undefined) return base;
    return power(base, this.#unary(), operator.at);
  }

  #atom(): number {
    const token = this.#token();
    this.#at++;
    if (token.kind === "number") return token.value;
    if (token.kind === "name") return this.#token().text === "(" ? this.#callOf(token) : this.#valueOf(token);
    if (token.text === "(") {
      const value = this.sum();
      this.#close(token);
      return value;
    }
    return wrong("CALC_SYNTAX", token.at, { problem: "operand", text: token.text });
  }

  #callOf(name: Token): number {
    const known = ARITHMETIC_FUNCTIONS.get(name.text) ?? unknownFunction(name);
    const open = this.#token();
    this.#at++;
    const values: number[] = [];
    if (this.#token().text !== ")") {
      do for (const value of this.#argument()) values.push(value);
      while (this.#take(",") !== undefined);
    }
    this.#close(open);
    return applied(name, known, values);
  }

  /** A list is only allowed as a whole argument: sum(prices). */
  #argument(): readonly number[] {
    const token = this.#token();
    const after = this.tokens[this.#at + 1]?.text;
    const value = token.kind === "name" ? own(this.variables, token.text) : undefined;
    if (typeof value !== "object" || (after !== "," && after !== ")")) return [this.sum()];
    this.#at++;
    this.#numbers += value.length;
    if (this.#numbers > LIMITS.calculateNumbers) wrong("CALC_TOO_MANY", token.at, { limit: LIMITS.calculateNumbers });
    return value.map((item) => finite(item, token.at, { of: "item", text: token.text }));
  }

  #valueOf(name: Token): number {
    const value = own(this.variables, name.text) ?? CONSTANTS.get(name.text);
    if (typeof value === "number") return finite(value, name.at, { of: "text", text: name.text });
    if (value !== undefined) wrong("CALC_LIST", name.at, { name: name.text });
    if (ARITHMETIC_FUNCTIONS.has(name.text)) wrong("CALC_NAME", name.at, { problem: "is-a-function", name: name.text });
    const known = [...Object.keys(this.variables), ...CONSTANTS.keys()].slice(0, 20);
    return wrong("CALC_NAME", name.at, { problem: "variable", name: name.text, known });
  }

  #deeper(read: () => number): number {
    if (++this.#depth > LIMITS.expressionDepth) {
      wrong("CALC_TOO_DEEP", this.#token().at, {});
    }
    const value = read();
    this.#depth--;
    return value;
  }

  #close(open: Token): void {
    if (this.#take(")") !== undefined) return;
    const { text, at } = this.#token();
    wrong("CALC_SYNTAX", at, { problem: "open", text, parenthesis: open.at + 1 });
  }

  #take(...texts: readonly string[]): Token | undefined {
    const token = this.#token();
    if (token.kind !== "sign" || !texts.includes(token.text)) return undefined;
    this.#at++;
    return token;
  }

  /** The last token is always `end`. Only `#atom` takes it, and then throws. */
  #token(): Token {
    return this.tokens[this.#at]!;
  }
}

function own(variables: Variables, name: string): number | readonly number[] | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

function power(base: number, exponent: number, at: number): number {
  if (Math.abs(exponent) > LIMITS.exponent) {
    wrong("CALC_EXPONENT", at, { exponent, limit: LIMITS.exponent });
  }
  if (base === 0 && exponent < 0) wrong("CALC_DIVISION_BY_ZERO", at, { problem: "power" });
  return finite(base ** exponent, at, { of: "power" });
}

function applied(name: Token, known: ArithmeticFunction, values: readonly number[]): number {
  if (values.length < known.least || values.length > known.most) {
    const { least, most } = known;
    const limited = most === Infinity ? {} : { most };
    wrong("CALC_ARGUMENTS", name.at, { name: name.text, given: values.length, least, ...limited });
  }
  if (name.text === "pow") return power(values[0]!, values[1]!, name.at);
  const text = `${name.text}(${values.slice(0, 3).join(", ")}${values.length > 3 ? ", …" : ""})`;
  return finite(known.of(values), name.at, { of: "text", text });
}

function unknownFunction(name: Token): never {
  const known = [...ARITHMETIC_FUNCTIONS.keys()];
  return wrong("CALC_NAME", name.at, { problem: "function", name: name.text, known });
}
