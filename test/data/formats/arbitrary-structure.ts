import fc from "fast-check";
import type { InfoValue, Structure } from "../../../src/data/structure.ts";

/** Any finite double, the awkward ones included. */
const double = fc.double({ noNaN: true, noDefaultInfinity: true });
const species = fc.constantFrom("Ce", "O", "Va", "H", "Ce3+", "X1");
const atomCount = fc.integer({ min: 1, max: 6 });
const text = fc.string({ unit: "grapheme-ascii" });
const scalar = fc.oneof(
  text,
  double,
  fc.boolean(),
  fc.constantFrom("5", " 1 2 ", "T", "a\nb", "\n7", "\\", '"', "nan"),
);
const infoValue: fc.Arbitrary<InfoValue> = fc.oneof(
  scalar,
  fc.array(double),
  fc.array(text),
  fc.array(fc.boolean()),
);
/** Names that the format gives a meaning of its own are left out: they would become parts of the structure. */
const freeKey = text.filter((key) => key !== "" && !key.startsWith("atom.")).map((key) => `k${key}`);

const numbers = (length: number) =>
  fc.array(double, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values));

/** A cell whose volume is clearly not zero: the identity, stretched, with lower-triangle shears. */
const cell = fc
  .tuple(
    fc.array(fc.double({ min: 0.5, max: 30, noNaN: true }), { minLength: 3, maxLength: 3 }),
    fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 }),
  )
  .map(([[a, b, c], [p, q, r]]) => Float64Array.of(a, 0, 0, p, b, 0, q, r, c));

/** Structures with every part that extended XYZ can hold, each there or not. */
export const anyStructure: fc.Arbitrary<Structure> = atomCount.chain((atoms) =>
  fc
    .record(
      {
        cell,
        periodic: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        species: fc.array(species, { minLength: atoms, maxLength: atoms }),
        positions: numbers(3 * atoms),
        energy: double,
        forces: numbers(3 * atoms),
        magneticMoments: numbers(atoms),
        charges: numbers(atoms),
        stress: numbers(6).map(([a, b, c, d, e, f]) => Float64Array.of(a, b, c, b, d, e, c, e, f)),
        converged: fc.boolean(),
        name: text,
        info: fc.dictionary(freeKey, infoValue, { noNullPrototype: true }),
        perAtom: fc.array(fc.boolean(), { minLength: 2 * atoms, maxLength: 2 * atoms }),
      },
      { requiredKeys: ["cell", "periodic", "species", "positions", "name", "info"] },
    )
    .map(({ perAtom, info, ...rest }) => ({
      ...rest,
      info: perAtom === undefined ? info : { ...info, "atom.flags": perAtom },
      source: { file: "made up", line: null },
    })),
);

/** Structures as POSCAR can hold them: periodic, a one-line name without space around it, nothing else. */
export const periodicStructure: fc.Arbitrary<Structure> = anyStructure.map(
  ({ cell, species, positions, name }) => ({
    cell,
    species,
    positions,
    periodic: [true, true, true] as const,
    name: name.trim(),
    info: {},
    source: { file: "made up", line: null },
  }),
);

/** Everything but where it came from. */
export function withoutSource({ source: _, ...rest }: Structure): Omit<Structure, "source"> {
  return rest;
}
