// The exported names of every entry point, from the declarations that are published. In: the built declarations. Out:
// names with their kind, text and docstring. Separate from the page, which lays them out.
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { ROOT } from "./snippet.js";

export interface ExportedName {
  readonly name: string;
  readonly kind: "function" | "class" | "interface" | "type" | "constant";
  /** The declaration, as TypeScript prints it, with the comments of its fields. */
  readonly text: string;
  /** The docstring as text. */
  readonly about: string;
}

export interface EntryPoint {
  readonly name: string;
  readonly names: readonly ExportedName[];
  /** Types that these names mention and that have no name of their own outside. */
  readonly mentioned: readonly ExportedName[];
}

const PACKAGE = path.join(ROOT, "packages", "planloom");

interface Manifest {
  readonly exports: { readonly [entry: string]: { readonly types?: string } };
}

export function entryPoints(): readonly EntryPoint[] {
  const { exports } = JSON.parse(readFileSync(path.join(PACKAGE, "package.json"), "utf8")) as Manifest;
  const entries = Object.entries(exports).flatMap(([entry, { types }]) =>
    types === undefined ? [] : [{ name: path.posix.join("planloom", entry), file: path.join(PACKAGE, types) }],
  );
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      skipLibCheck: true,
      types: [],
    },
  );
  const checker = program.getTypeChecker();
  return entries.map(({ name, file }) => {
    const source = program.getSourceFile(file)!;
    const module = checker.getSymbolAtLocation(source);
    const symbols = module === undefined ? [] : checker.getExportsOfModule(module);
    const found = symbols.map((symbol) => ({ name: symbol.name, of: resolved(checker, symbol) }));
    const names = found.map(({ name: exported, of }) => described(exported, of)).sort(byName);
    const own = new Set(found.map(({ of }) => of));
    const mentioned = mentionedBy(checker, own, depthOf(name))
      .map((symbol) => described(symbol.name, symbol))
      .sort(byName);
    return { name, names, mentioned };
  });
}

const byName = (a: ExportedName, b: ExportedName): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

const resolved = (checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol =>
  (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);

function described(name: string, symbol: ts.Symbol): ExportedName {
  const declarations = (symbol.declarations ?? []).filter((one) => !ts.isModuleDeclaration(one));
  const first = declarations[0];
  const text = declarations.map((one) => textOf(one)).join("\n");
  return {
    name,
    kind: first === undefined ? "type" : kindOf(first),
    text,
    about: first === undefined ? "" : docOf(first),
  };
}

function kindOf(node: ts.Declaration): ExportedName["kind"] {
  if (ts.isFunctionDeclaration(node)) return "function";
  if (ts.isClassDeclaration(node)) return "class";
  if (ts.isInterfaceDeclaration(node)) return "interface";
  if (ts.isTypeAliasDeclaration(node)) return "type";
  const { initializer, type } = node as ts.VariableDeclaration;
  const isFunction = type !== undefined && ts.isFunctionTypeNode(type);
  return isFunction || (initializer !== undefined && ts.isArrowFunction(initializer)) ? "function" : "constant";
}

/** A variable is declared by its statement. */
const statementOf = (node: ts.Declaration): ts.Node => (ts.isVariableDeclaration(node) ? node.parent.parent : node);

function textOf(node: ts.Declaration): string {
  return statementOf(node)
    .getText()
    .replace(/^export (?:declare )?/, "")
    .replace(/^ {4,}/gm, (spaces) => " ".repeat(Math.floor(spaces.length / 4) * 2 + (spaces.length % 4)))
    .replace(/(?:^ +\/\*\*(?:(?!\*\/)[^])*\*\/\n)?^ +private .*\n|^ +#private;\n/gm, "")
    .replace(LONG_CONSTRUCTOR, "");
}

/** Such classes are made by functions of the library. */
const LONG_CONSTRUCTOR = /^ +constructor\((?:[^,]*,){3}[^]*?\);\n/m;

function docOf(node: ts.Declaration): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter((one) => ts.isJSDoc(one));
  return comments.map((one) => ts.getTextOfJSDocComment(one.comment) ?? "").join("\n\n");
}

/** How far types are followed. The parts of the document of a run are three types away from its name. */
const depthOf = (entry: string): number => (entry === "planloom" ? 3 : 1);

/** Types of this package that the declarations name, and those that these name. */
function mentionedBy(checker: ts.TypeChecker, own: ReadonlySet<ts.Symbol>, most: number): readonly ts.Symbol[] {
  const seen = new Set(own);
  const found: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
      const at = ts.isTypeReferenceNode(node) ? node.typeName : node.expression;
      const symbol = checker.getSymbolAtLocation(at);
      if (symbol !== undefined) add(resolved(checker, symbol));
    }
    ts.forEachChild(node, visit);
  };
  const add = (symbol: ts.Symbol): void => {
    const [declared] = symbol.declarations ?? [];
    if (seen.has(symbol) || declared === undefined || !isOurs(declared)) return;
    seen.add(symbol);
    found.push(symbol);
  };
  let last: readonly ts.Symbol[] = [...own];
  for (let depth = 0; depth < most; depth++) {
    const before = found.length;
    for (const symbol of last) symbol.declarations?.forEach(visit);
    last = found.slice(before);
  }
  return found;
}

const isOurs = (node: ts.Declaration): boolean =>
  node.getSourceFile().fileName.startsWith(path.join(PACKAGE, "dist")) && !ts.isTypeParameterDeclaration(node);
