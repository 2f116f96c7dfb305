/** Lines `symfunction_short` and `cutoff_type` of input.nn, read and written. */
import { dataError } from "../../core/errors.ts";
import { type Conversions, unconverted } from "../../data/formats/n2p2-units.ts";
import { numberText, quoteToken } from "../../data/formats/tokens.ts";
import { neighboursOf } from "../symmetry-functions/dependence.ts";
import { inElementOrder } from "../symmetry-functions/order.ts";
import {
  type CompactForm,
  type CutoffFunction,
  compactForms,
  cutoffForms,
  type SymmetryFunction,
  type SymmetryFunctionType,
} from "../symmetry-functions/symmetry-function.ts";
import { countAt, type InputNn, type InputNnLine, lineOf, numberAt, requireWords } from "./input-nn.ts";

/** What follows the element and the number of the type. */
const forms: Readonly<Record<SymmetryFunctionType, string>> = {
  2: "<element> <eta> <rshift> <rcutoff>",
  3: "<element> <element> <eta> <lambda> <zeta> <rcutoff> [<rshift>]",
  9: "<element> <element> <eta> <lambda> <zeta> <rcutoff> [<rshift>]",
  12: "<eta> <rshift> <rcutoff>",
  13: "<eta> <rshift> <lambda> <zeta> <rcutoff>",
  20: "<element> <rleft> <rcutoff> <form>",
  21: "<element> <element> <rleft> <rcutoff> <angleleft> <angleright> <form>",
  22: "<element> <element> <rleft> <rcutoff> <angleleft> <angleright> <form>",
  23: "<rleft> <rcutoff> <form>",
  24: "<rleft> <rcutoff> <angleleft> <angleright> <form>",
  25: "<rleft> <rcutoff> <angleleft> <angleright> <form>",
};

/** @throws {EcitonError} "data" with file and line; where the line is missing, n2p2's other functions need none */
export function readCutoff(input: InputNn): CutoffFunction | null {
  const line = lineOf(input, "cutoff_type");
  if (line === undefined) return null;
  requireWords(input, line, 1, 2, "<0 ... 8> [<alpha>]");
  const form = cutoffForms[countAt(input, line, 0, "type", 0)];
  if (form === undefined)
    throw dataError(input.file, line.line, `cutoff_type: expected 0 to 8, found ${line.values[0]}`);
  const alpha = line.values.length > 1 ? numberAt(input, line, 1, "alpha") : 0;
  if (!(alpha >= 0 && alpha < 1))
    throw dataError(input.file, line.line, `cutoff_type: expected 0 <= alpha < 1, found ${alpha}`);
  return { form, alpha };
}

/**
 * The function of a line, in the units of the file.
 * @param elements those of the potential
 * @throws {EcitonError} "data" with file and line
 */
export function readFunction(
  input: InputNn,
  line: InputNnLine,
  elements: readonly string[],
  cutoff: CutoffFunction | null,
): { readonly element: string; readonly fn: SymmetryFunction } {
  const fail = (message: string) => dataError(input.file, line.line, `symfunction_short: ${message}`);
  const type = countAt(input, line, 1, "type", 1);
  if (!isType(type))
    throw fail(`type ${type} is not known; expected one of ${Object.keys(forms).join(", ")}`);
  const form = forms[type];
  const most = 2 + form.split(" ").length;
  requireWords(input, line, form.includes("[") ? most - 1 : most, most, `<element> ${type} ${form}`);
  const element = (index: number): string => {
    const name = line.values[index];
    if (elements.includes(name)) return name;
    throw fail(`element ${quoteToken(name)} is not among those of the potential: ${elements.join(", ")}`);
  };
  const number = (index: number, what: string) => numberAt(input, line, index, what);
  const positive = (index: number, what: string) => {
    const value = number(index, what);
    if (!(value > 0)) throw fail(`${what}: expected a positive number, found ${value}`);
    return value;
  };
  const eta = (index: number) => {
    const value = number(index, "eta");
    if (value < 0) throw fail(`eta: expected a number that is not negative, found ${value}`);
    return value;
  };
  const lambda = (index: number) => {
    const value = number(index, "lambda");
    if (value !== 1 && value !== -1) throw fail(`lambda: expected 1 or -1, found ${value}`);
    return value;
  };
  const pair = () => inElementOrder([element(2), element(3)], (name) => name) as [string, string];
  const cut = () => {
    if (cutoff === null)
      throw fail(`type ${type} needs a cut-off function, and keyword "cutoff_type" is missing`);
    return cutoff;
  };
  const support = (at: number) => {
    const [left, radius] = [number(at, "rleft"), positive(at + 1, "rcutoff")];
    if (!(left < radius)) throw fail(`expected rleft < rcutoff, found ${left} and ${radius}`);
    return { left, radius };
  };
  const angles = (at: number) => {
    const [angleLeft, angleRight] = [number(at, "angleleft"), number(at + 1, "angleright")];
    const centre = (angleLeft + angleRight) / 2;
    if (
      !(angleLeft < angleRight) ||
      (angleLeft < 0 && centre !== 0) ||
      (angleRight > 180 && centre !== 180) ||
      angleRight - angleLeft > 360
    )
      throw fail(
        `expected angleleft < angleright within 0 to 180 degrees, or centred at 0 or 180, found ${angleLeft} and ${angleRight}`,
      );
    return { angleLeft, angleRight };
  };
  const compact = (at: number): CompactForm => {
    const found = compactForms.find((name) => name === line.values[at]);
    if (found === undefined)
      throw fail(`form: expected one of ${compactForms.join(", ")}, found ${quoteToken(line.values[at])}`);
    return found;
  };
  const fn = ((): SymmetryFunction => {
    switch (type) {
      case 2:
        return {
          type,
          neighbour: element(2),
          eta: eta(3),
          shift: number(4, "rshift"),
          radius: positive(5, "rcutoff"),
          cutoff: cut(),
        };
      case 3:
      case 9:
        return {
          type,
          neighbours: pair(),
          eta: eta(4),
          lambda: lambda(5),
          zeta: positive(6, "zeta"),
          radius: positive(7, "rcutoff"),
          shift: line.values.length > 8 ? number(8, "rshift") : 0,
          cutoff: cut(),
        };
      case 12:
        return {
          type,
          eta: eta(2),
          shift: number(3, "rshift"),
          radius: positive(4, "rcutoff"),
          cutoff: cut(),
        };
      case 13:
        return {
          type,
          eta: eta(2),
          shift: number(3, "rshift"),
          lambda: lambda(4),
          zeta: positive(5, "zeta"),
          radius: positive(6, "rcutoff"),
          cutoff: cut(),
        };
      case 20:
        return { type, neighbour: element(2), ...support(3), form: compact(5) };
      case 21:
      case 22:
        return { type, neighbours: pair(), ...support(4), ...angles(6), form: compact(8) };
      case 23:
        return { type, ...support(2), form: compact(4) };
      case 24:
      case 25:
        return { type, ...support(2), ...angles(4), form: compact(6) };
      default:
        return type satisfies never;
    }
  })();
  return { element: element(0), fn };
}

function isType(type: number): type is SymmetryFunctionType {
  return Object.hasOwn(forms, type);
}

/** Lengths from the units of the file to Å. */
export function functionInAngstrom(fn: SymmetryFunction, { length, perArea }: Conversions): SymmetryFunction {
  if ("form" in fn) return { ...fn, left: length(fn.left), radius: length(fn.radius) };
  return { ...fn, eta: perArea(fn.eta), shift: length(fn.shift), radius: length(fn.radius) };
}

/**
 * The line, numbers in the units of the file.
 * @throws {EcitonError} "data" for a number that is not finite
 */
export function functionLine(element: string, fn: SymmetryFunction, units: Conversions): string {
  const length = (value: number) => unconverted(value, units.length);
  const neighbours = neighboursOf(fn) ?? [];
  const parts = ((): (string | number)[] => {
    if ("form" in fn) {
      const between =
        "angleLeft" in fn
          ? [length(fn.left), length(fn.radius), fn.angleLeft, fn.angleRight]
          : [length(fn.left), length(fn.radius)];
      return [...neighbours, ...between, fn.form];
    }
    const [eta, shift, radius] = [unconverted(fn.eta, units.perArea), length(fn.shift), length(fn.radius)];
    switch (fn.type) {
      case 2:
      case 12:
        return [...neighbours, eta, shift, radius];
      case 3:
      case 9:
        return [...fn.neighbours, eta, fn.lambda, fn.zeta, radius, shift];
      case 13:
        return [eta, shift, fn.lambda, fn.zeta, radius];
      default:
        return fn satisfies never;
    }
  })();
  const texts = parts.map((part) => (typeof part === "number" ? numberText(part) : part));
  return `symfunction_short ${element} ${fn.type} ${texts.join(" ")}`;
}
