/** Perfect crystals in cubic (hcp: orthorhombic) cells, repeated. */
import type { AtomFrame } from "../../../src/analysis/atoms/frame.ts";
import type { Molecule } from "./molecules.ts";

function repeated(
  edges: readonly [number, number, number],
  basis: readonly (readonly [string, number, number, number])[],
  times: number,
): AtomFrame {
  const species: string[] = [];
  const positions: number[] = [];
  for (let i = 0; i < times; i++)
    for (let j = 0; j < times; j++)
      for (let k = 0; k < times; k++)
        for (const [name, x, y, z] of basis) {
          species.push(name);
          positions.push((x + i) * edges[0], (y + j) * edges[1], (z + k) * edges[2]);
        }
  const [a, b, c] = edges.map((edge) => edge * times);
  return {
    species,
    positions: Float64Array.from(positions),
    cell: Float64Array.of(a, 0, 0, 0, b, 0, 0, 0, c),
    periodic: [true, true, true],
  };
}

export function fcc(
  a: number,
  times: number,
  names: readonly string[] = ["Cu", "Cu", "Cu", "Cu"],
): AtomFrame {
  return repeated(
    [a, a, a],
    [
      [names[0], 0, 0, 0],
      [names[1], 0, 0.5, 0.5],
      [names[2], 0.5, 0, 0.5],
      [names[3], 0.5, 0.5, 0],
    ],
    times,
  );
}

export function bcc(a: number, times: number): AtomFrame {
  return repeated(
    [a, a, a],
    [
      ["Fe", 0, 0, 0],
      ["Fe", 0.5, 0.5, 0.5],
    ],
    times,
  );
}

/** Ideal packing, neighbours at a. */
export function hcp(a: number, times: number): AtomFrame {
  return repeated(
    [a, a * Math.sqrt(3), a * Math.sqrt(8 / 3)],
    [
      ["Mg", 0, 0, 0],
      ["Mg", 0.5, 0.5, 0],
      ["Mg", 0.5, 1 / 6, 0.5],
      ["Mg", 0, 2 / 3, 0.5],
    ],
    times,
  );
}

export function diamond(a: number, times: number): AtomFrame {
  const corners = [
    [0, 0, 0],
    [0, 0.5, 0.5],
    [0.5, 0, 0.5],
    [0.5, 0.5, 0],
  ];
  return repeated(
    [a, a, a],
    corners.flatMap(([x, y, z]): [string, number, number, number][] => [
      ["Si", x, y, z],
      ["Si", x + 0.25, y + 0.25, z + 0.25],
    ]),
    times,
  );
}

/** CeO2: oxygen in all tetrahedral holes of fcc cerium. */
export function fluorite(a: number, times: number): AtomFrame {
  const corners = [
    [0, 0, 0],
    [0, 0.5, 0.5],
    [0.5, 0, 0.5],
    [0.5, 0.5, 0],
  ];
  return repeated(
    [a, a, a],
    corners.flatMap(([x, y, z]): [string, number, number, number][] => [
      ["Ce", x, y, z],
      ["O", x + 0.25, y + 0.25, z + 0.25],
      ["O", x + 0.75, y + 0.75, z + 0.75],
    ]),
    times,
  );
}

/** Free atoms. */
export function cluster({ species, positions }: Molecule): AtomFrame {
  return { species, positions, cell: new Float64Array(9), periodic: [false, false, false] };
}
