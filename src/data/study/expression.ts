/** Numbers in studies may be written as arithmetic with units: "15.45/4*sqrt(2)", "0.5 kJ/mol". */
import { createRequire } from "node:module";
import type { MathJsInstance, MathNode } from "mathjs";
import { EcitonError } from "../../core/errors.ts";

let library: MathJsInstance | null = null;

/** Loaded for the first expression: it takes as long as the rest of the command line, and most studies hold plain numbers. */
function mathLibrary(): MathJsInstance {
  if (library) return library;
  // The build in one file: the library's own tree of modules takes a second to load.
  const mathjs: typeof import("mathjs") = createRequire(import.meta.url)("mathjs/lib/browser/math.js");
  const math = mathjs.create(mathjs.all, {});
  // The library's own value is that of CODATA 2010; this one is exact (SI 2019).
  for (const [name, prefixes] of [
    ["eV", "short"],
    ["electronvolt", "long"],
  ] as const)
    math.createUnit(name, { definition: "1.602176634e-19 J", prefixes }, { override: true });
  library = math;
  return math;
}

/** Quantities with a unit of their own inside Eciton; "any" is whichever of them the expression has. */
export type Quantity = "number" | "length" | "energy" | "temperature" | "any";

const insideUnit = { length: "angstrom", energy: "eV", temperature: "K" } as const;
type Dimension = keyof typeof insideUnit;

/** Particles per mole (SI, exact): an energy per mole of them becomes the energy of one. */
const AVOGADRO = 6.02214076e23;

const allowedFunctions = new Set([
  "sqrt",
  "cbrt",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "exp",
  "log",
  "abs",
  "min",
  "max",
]);
const allowedOperators = new Set(["+", "-", "*", "/", "^"]);

/** Nothing that stands for one number is longer. */
const LONGEST = 500;

export type Constants = Readonly<Record<string, number>>;

/**
 * Evaluates an expression. A study is data: only arithmetic, the listed functions, the study's own constants, pi
 * and units are understood; there are no assignments, no strings, no access to anything else.
 * @param quantity what is expected: a plain number is taken to be in Å, eV or K
 * @throws {EcitonError} "study" saying what is wrong with the expression; the caller adds the path
 */
export function evaluateExpression(text: string, quantity: Quantity, constants: Constants): number {
  const fail = (message: string): never => {
    throw new EcitonError("study", `"${text}" ${message}`);
  };
  if (text.length > LONGEST)
    throw new EcitonError(
      "study",
      `"${text.slice(0, 20)}..." is too long for a number (${text.length} characters)`,
    );
  if (text.trim() === "") fail("is empty; a number or an expression is needed");
  let root: MathNode;
  try {
    root = mathLibrary().parse(text);
  } catch (error) {
    return fail(`is not an expression: ${(error as Error).message}`);
  }
  root.traverse((node, path) => {
    switch (node.type) {
      case "ConstantNode":
        if (typeof (node as unknown as { value: unknown }).value !== "number")
          fail("holds something that is not a number");
        return;
      case "ParenthesisNode":
        return;
      case "OperatorNode": {
        const { op } = node as unknown as { op: string };
        if (!allowedOperators.has(op)) fail(`uses "${op}"; only + - * / ^ are understood`);
        return;
      }
      case "FunctionNode": {
        const { name } = (node as unknown as { fn: { name: string } }).fn;
        if (!allowedFunctions.has(name))
          fail(`uses the function "${name}"; understood are ${[...allowedFunctions].join(", ")}`);
        return;
      }
      case "SymbolNode": {
        const { name } = node as unknown as { name: string };
        if (path === "fn" || Object.hasOwn(constants, name) || name === "pi" || isUnit(name)) return;
        const known = Object.keys(constants);
        return fail(
          `uses "${name}", which is no unit and no constant of this study` +
            (known.length > 0 ? ` (it has ${known.join(", ")})` : ""),
        );
      }
      default:
        return fail("is not plain arithmetic");
    }
  });
  let value: unknown;
  try {
    value = root.evaluate({ ...constants });
  } catch (error) {
    return fail(`cannot be evaluated: ${(error as Error).message}`);
  }
  const number = typeof value === "number" ? value : toInside(value, quantity, fail);
  if (!Number.isFinite(number)) fail(`is ${number}, not a finite number`);
  return number;
}

/** Why a constant cannot have this name; null if it can. */
export function faultOfConstantName(name: string): string | null {
  if (!/^[A-Za-z_]\w*$/.test(name) || name.startsWith("__"))
    return "expected a name of letters, digits and _";
  if (allowedFunctions.has(name)) return "is the name of a function";
  return null;
}

function isUnit(name: string): boolean {
  return mathLibrary().Unit.isValuelessUnit(name);
}

function toInside(value: unknown, quantity: Quantity, fail: (message: string) => never): number {
  if (typeof (value as Partial<Convertible> | null)?.toNumber !== "function")
    return fail("is not a real number");
  if (quantity === "number") return fail("has a unit where a plain number is expected");
  const unit = value as Convertible;
  const dimensions = quantity === "any" ? (Object.keys(insideUnit) as Dimension[]) : [quantity];
  for (const dimension of dimensions) {
    const number = convert(unit, insideUnit[dimension]) ?? perParticle(unit, dimension);
    if (number !== null) return number;
  }
  const expected = dimensions.map((d) => `${d === "energy" ? "an" : "a"} ${d} (${insideUnit[d]})`);
  return fail(`does not have the dimension of ${expected.join(" or ")}`);
}

interface Convertible {
  /** Throws for a unit of another dimension. */
  toNumber(unit: string): number;
}

function convert(value: Convertible, unit: string): number | null {
  try {
    return value.toNumber(unit);
  } catch {
    return null;
  }
}

function perParticle(value: Convertible, dimension: Dimension): number | null {
  const perMole = dimension === "energy" ? convert(value, "eV/mol") : null;
  return perMole === null ? null : perMole / AVOGADRO;
}
