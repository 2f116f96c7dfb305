/** Numbers in studies may be written as arithmetic with units: "15.45/4*sqrt(2)", "0.5 kJ/mol". */
import { all, create, type MathNode } from "mathjs";
import { EcitonError } from "../../core/errors.ts";

const math = create(all, {});

/** Quantities with a unit of their own inside Eciton. */
export type Quantity = "number" | "length" | "energy" | "temperature";

const insideUnit = { length: "angstrom", energy: "eV", temperature: "K" } as const;

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
  if (text.length > 500) fail("is too long for a number");
  let root: MathNode;
  try {
    root = math.parse(text);
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

function isUnit(name: string): boolean {
  return math.Unit.isValuelessUnit(name);
}

function toInside(value: unknown, quantity: Quantity, fail: (message: string) => never): number {
  const unit = value as { toNumber?: (unit: string) => number; equalBase?: unknown };
  if (typeof unit?.toNumber !== "function") return fail("is not a real number");
  if (quantity === "number") return fail("has a unit where a plain number is expected");
  const target = insideUnit[quantity];
  try {
    return unit.toNumber(target);
  } catch {
    try {
      if (quantity === "energy") return unit.toNumber("eV/mol") / AVOGADRO;
    } catch {
      // falls through to the message below
    }
    return fail(
      `does not have the dimension of ${quantity === "energy" ? "an energy" : `a ${quantity}`} (${target})`,
    );
  }
}
