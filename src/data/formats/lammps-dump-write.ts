/** Writes structures as frames of a LAMMPS dump file. */
import { EcitonError } from "../../core/errors.ts";
import { cross, det3, dot, inv3, type Mat3, mul3, norm3, rowTimes } from "../../core/linalg.ts";
import type { Structure } from "../structure.ts";
import { numberText } from "./tokens.ts";

/** Space around atoms that have no cell, Å. */
const MARGIN_A = 1;

/**
 * One frame in metal units: id, type, element, unwrapped positions, and velocities ("atom.vel" of info, Å/fs) and forces
 * where there are any. Types are numbered in the order in which species first stand. LAMMPS wants the first box vector
 * along x and the second in the plane of x and y: other cells are turned, with all that has a direction.
 * @throws {EcitonError} "data" for a cell that is left-handed or lacks the vector of a direction, a species with a space
 *   in it, and numbers that are not finite
 */
export function writeLammpsDump(structure: Structure): string {
  const { species, positions, periodic, info, forces } = structure;
  const fail = (message: string): never => {
    throw new EcitonError(
      "data",
      `${structure.name || structure.source.file}: cannot be written as a LAMMPS dump: ${message}`,
    );
  };
  const odd = species.find((name) => !/^\S+$/.test(name));
  if (species.length === 0) fail("there are no atoms");
  if (odd !== undefined) fail(`"${odd}" is not a species (it is empty, or has a space in it)`);
  const { box, turn } = boxOf(structure, fail);
  const types = [...new Set(species)];
  const velocities = info["atom.vel"] as readonly number[] | undefined;
  const groups: { readonly names: string; readonly values: ArrayLike<number>; readonly factor: number }[] = [
    { names: "xu yu zu", values: positions, factor: 1 },
  ];
  if (velocities) groups.push({ names: "vx vy vz", values: velocities, factor: 1000 });
  if (forces) groups.push({ names: "fx fy fz", values: forces, factor: 1 });
  const step = Number(info.step ?? 0);
  const lines: string[] = [];
  if (step === 0) lines.push("ITEM: UNITS", "metal");
  if (typeof info.time_ps === "number") lines.push("ITEM: TIME", numberText(info.time_ps));
  lines.push("ITEM: TIMESTEP", numberText(step), "ITEM: NUMBER OF ATOMS", String(species.length));
  const sides = periodic.map((is) => (is ? "pp" : "ff")).join(" ");
  lines.push(...box(sides));
  lines.push(`ITEM: ATOMS id type element ${groups.map((group) => group.names).join(" ")}`);
  species.forEach((name, atom) => {
    const row = [String(atom + 1), String(types.indexOf(name) + 1), name];
    for (const { values, factor } of groups) {
      const vector = [0, 1, 2].map((k) => factor * values[3 * atom + k]);
      row.push(...(turn ? rowTimes(vector, turn) : vector).map(numberText));
    }
    lines.push(row.join(" "));
  });
  return `${lines.join("\n")}\n`;
}

/** Text of the box, and the rotation to it: v turn for a row vector v, null where nothing is turned. */
function boxOf(
  { cell, periodic, positions }: Structure,
  fail: (message: string) => never,
): { box: (sides: string) => string[]; turn: Mat3 | null } {
  if (det3(cell) === 0) {
    if (periodic.some(Boolean)) fail("the cell has no volume");
    const bounds = [0, 1, 2].map((k) => {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let at = k; at < positions.length; at += 3) {
        low = Math.min(low, positions[at]);
        high = Math.max(high, positions[at]);
      }
      return `${numberText(low - MARGIN_A)} ${numberText(high + MARGIN_A)}`;
    });
    return { box: (sides) => [`ITEM: BOX BOUNDS ${sides}`, ...bounds], turn: null };
  }
  if (det3(cell) < 0) fail("the cell is left-handed (exchange two lattice vectors)");
  const fits = cell[1] === 0 && cell[2] === 0 && cell[5] === 0 && cell[0] > 0 && cell[4] > 0;
  const turned = fits ? (Array.from(cell) as Mat3) : restricted(cell);
  const [lx, , , xy, ly, , xz, yz, lz] = turned;
  const sum = xy + xz;
  const tilted = xy !== 0 || xz !== 0 || yz !== 0;
  const rows = tilted
    ? [
        [Math.min(0, xy, xz, sum), lx + Math.max(0, xy, xz, sum), xy],
        [Math.min(0, yz), ly + Math.max(0, yz), xz],
        [0, lz, yz],
      ]
    : [
        [0, lx],
        [0, ly],
        [0, lz],
      ];
  const text = rows.map((row) => row.map(numberText).join(" "));
  return {
    box: (sides) => [`ITEM: BOX BOUNDS ${tilted ? "xy xz yz " : ""}${sides}`, ...text],
    turn: fits ? null : mul3(inv3(cell), turned),
  };
}

/** The same cell, turned so that its first vector lies along x and its second in the plane of x and y. */
function restricted(cell: Float64Array): Mat3 {
  const [a, b, c] = [cell.subarray(0, 3), cell.subarray(3, 6), cell.subarray(6, 9)];
  const lx = norm3(a);
  const xy = dot(a, b) / lx;
  const ly = norm3(cross(a, b)) / lx;
  const xz = dot(a, c) / lx;
  const yz = (dot(b, c) - xy * xz) / ly;
  return [lx, 0, 0, xy, ly, 0, xz, yz, det3(cell) / (lx * ly)];
}
