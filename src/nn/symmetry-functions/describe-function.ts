/** One line for people about a symmetry function. */
import type { SymmetryFunction } from "./symmetry-function.ts";

/**
 * "G2 Cu-O, η = 0.05/Å², r_s = 1.2 Å, r_c = 6 Å"; the elements of an angular function around its centre: "O-Cu-O".
 * @param element of the atom that has the function
 */
export function describeFunction(one: SymmetryFunction, element: string): string {
  const parts = [`G${one.type} ${around(one, element)}`];
  if ("eta" in one) parts.push(`η = ${digits(one.eta)}/Å²`, `r_s = ${digits(one.shift)} Å`);
  if ("zeta" in one) parts.push(`λ = ${one.lambda}`, `ζ = ${digits(one.zeta)}`);
  if ("form" in one) parts.push(one.form, `${digits(one.left)} to ${digits(one.radius)} Å`);
  else parts.push(`r_c = ${digits(one.radius)} Å`);
  if ("angleLeft" in one) parts.push(`${digits(one.angleLeft)}° to ${digits(one.angleRight)}°`);
  return parts.join(", ");
}

function around(one: SymmetryFunction, element: string): string {
  if ("neighbour" in one) return `${element}-${one.neighbour}`;
  if ("neighbours" in one) return `${one.neighbours[0]}-${element}-${one.neighbours[1]}`;
  return one.type === 12 || one.type === 23 ? `${element}-all` : `all-${element}-all`;
}

/** Numbers converted from bohr have many digits. */
function digits(x: number): string {
  return String(Number(x.toPrecision(5)));
}
