/** Keys of the section `atoms` of a study: the structures that are built, or that relaxations, dynamics and hops start from. */
import { z } from "zod";
import { structureFormats } from "../formats/format-names.ts";
import type { SchemaPieces } from "./sample-schema.ts";

/** Crystals by the names that people use; all but hcp are cubic. */
const crystalStructures = [
  "sc",
  "fcc",
  "bcc",
  "hcp",
  "diamond",
  "rocksalt",
  "cscl",
  "zincblende",
  "fluorite",
] as const;
export type CrystalStructure = (typeof crystalStructures)[number];

/** Which sites of a structure are given which species. */
export const orderings = ["random", "core-shell", "janus", "L1_0", "L1_2"] as const;

export function atomsSchema({ quantity, positive, whole, vector, supercell }: SchemaPieces) {
  const species = z.string().regex(/^[A-Za-z][A-Za-z0-9+-]*$/, "expected a name of letters, digits, + and -");
  const countOf = z.int().min(0, "expected a whole number, 0 or more");
  const counts = (describe: string) =>
    z
      .record(species, countOf)
      .refine((c) => Object.values(c).some((n) => n > 0), { error: "expected at least one atom" })
      .describe(describe);
  const distance = positive(
    "length",
    "distance of nearest neighbours, Å; default: that of the element's crystal at room temperature",
  ).optional();
  const metal = species.describe("species of every atom; the section ordering mixes several");

  const crystal = z
    .strictObject({
      structure: z.enum(crystalStructures).optional().describe("default: that of the element"),
      species: z
        .union([species, z.array(species).min(1).max(2)])
        .optional()
        .describe("one for sc, fcc, bcc, hcp and diamond; cation, anion for the others, [Ce, O]"),
      a_A: positive("length", "lattice constant, Å; default: that of the element").optional(),
      c_A: positive(
        "length",
        "hcp: height of the cell, Å; default: that of the element, or ideal packing for a_A",
      ).optional(),
      cell: z
        .enum(["conventional", "primitive"])
        .default("conventional")
        .describe("the cubic cell, or the smallest one"),
      file: z
        .string()
        .optional()
        .describe("a periodic structure in a file instead; path relative to the study"),
    })
    .describe("a crystal by its name, or from a file");

  const miller = z
    .union([z.tuple([z.int(), z.int(), z.int()]), z.tuple([z.int(), z.int(), z.int(), z.int()])])
    .describe("Miller indices with respect to the conventional cell; hcp also hkil");

  return z.strictObject({
    file: z.string().optional().describe("a file of structures; path relative to the study"),
    files: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("files of structures, * stands for any name; paths relative to the study"),
    format: z.enum(structureFormats).optional().describe("of file or files; default: by the name"),
    frames: z
      .union([z.enum(["last", "all"]), whole("number of the frame, 1 the first")])
      .default("last")
      .describe("which structures of each file"),

    random: z
      .strictObject({
        composition: counts("how many atoms of each species, {Cu: 38}"),
        min_A: positive(
          "length",
          "no two atoms are closer, Å; default 0.8 of the sum of their covalent radii",
        ).optional(),
        max_A: positive(
          "length",
          "every atom has another no farther away, Å; default 1.25 of the sum of the covalent radii",
        ).optional(),
        within: z.enum(["sphere", "cube"]).default("sphere").describe("shape that the atoms lie in"),
        volume_A3: positive(
          "number",
          "volume of the shape for each atom, Å³; default 1.5 of close-packed spheres with covalent radii",
        ).optional(),
      })
      .optional()
      .describe("a cluster of atoms at random places within bounds of their distances"),

    extract: z
      .strictObject({
        crystal,
        composition: counts("how many atoms of each species, {Ce: 14, O: 28}"),
        center: species.describe("species of the atom in the middle"),
        strategy: z
          .enum(["shells", "uniform"])
          .default("shells")
          .describe(
            "shells: the nearest shell of neighbours whole, the rest at random from the next shells; uniform: any atom " +
              "of a sphere whose centre moves along",
          ),
        radius_A: positive(
          "length",
          "uniform: radius of the sphere, Å; default: it holds 1.3 times the wanted number of every species",
        ).optional(),
        displacement_A: quantity(
          "length",
          "every atom is moved at random by up to this, Å (uniform in a sphere)",
        )
          .refine((x) => x >= 0, { error: "expected zero or more" })
          .default(0.2),
        bond_A: positive(
          "length",
          "neighbours are bonded up to this distance, Å; default 1.3 of the shortest one in the crystal. A cluster " +
            "whose bonds do not connect all its atoms is drawn again",
        ).optional(),
        tries: whole("clusters drawn before it is given up").default(10_000),
      })
      .optional()
      .describe("a cluster taken at random out of a crystal"),

    icosahedron: z
      .strictObject({
        species: metal,
        shells: whole("shells around the central atom: 1, 2, 3, 4 give 13, 55, 147, 309 atoms").max(40),
        distance_A: distance.describe(
          "distance of neighbours in a shell, Å; between shells it is 0.951 of that; default: that of the element's crystal",
        ),
      })
      .optional()
      .describe("a Mackay icosahedron"),
    decahedron: z
      .strictObject({
        species: metal,
        width: whole("atoms across each (100) side face: m of Marks' (m, n, p)").max(60),
        height: whole("atoms along it parallel to the axis: n; 1 is a pentagonal bipyramid").max(60),
        reentrance: z
          .int()
          .min(0)
          .max(30)
          .default(0)
          .describe(
            "depth of the notches at the twin planes: p - 1; (2, 2, 1) has 75 atoms, (6, 6, 1) has 1103",
          ),
        distance_A: distance,
      })
      .optional()
      .describe("a decahedron: bipyramid, Ino's or Marks'"),
    cuboctahedron: z
      .strictObject({
        species: metal,
        shells: whole("shells around the central atom: 1, 2, 3 give 13, 55, 147 atoms").max(40),
        distance_A: distance,
      })
      .optional()
      .describe("a cuboctahedron"),
    octahedron: z
      .strictObject({
        species: metal,
        edge: whole("atoms along an edge of the whole octahedron").min(2).max(80),
        cut: z
          .int()
          .min(0)
          .default(0)
          .describe("layers cut off at each corner; edge 4, cut 1 has 38 atoms; 7, 2 has 201; 9, 3 has 405"),
        distance_A: distance,
      })
      .optional()
      .describe("an octahedron of an fcc crystal, truncated or not"),
    wulff: z
      .strictObject({
        crystal,
        surfaces: z
          .array(
            z.strictObject({
              miller,
              energy: positive("number", "surface energy in any unit; only ratios matter"),
            }),
          )
          .min(1)
          .describe("one for each family of faces"),
        atoms: whole("wanted number of atoms; the closed shape that comes nearest is built").max(1_000_000),
      })
      .optional()
      .describe("the equilibrium shape of a crystal with these surface energies"),

    crystal: crystal.optional().describe("a cell of a crystal"),
    slab: z
      .strictObject({
        crystal,
        miller,
        layers: whole("atomic planes").optional(),
        thickness_A: positive("length", "at least so thick, Å; in place of layers").optional(),
        termination: whole(
          "which of the different planes is the lowest; 1 lies above the widest gap",
        ).default(1),
      })
      .optional()
      .describe(
        "a slab with the smallest surface cell, periodic in its plane; supercell repeats it, vacuum_A is 15 unless given",
      ),

    supercell: supercell
      .optional()
      .describe("repetitions of the cell: three, or three rows of three integers"),
    ordering: z
      .strictObject({
        composition: z
          .record(species, z.union([countOf, z.literal("rest")]))
          .optional()
          .describe("exact number of each species, {Ag: 35, Au: 112}; one may be the rest: {Au: rest}"),
        of: z
          .array(species)
          .min(1)
          .optional()
          .describe("only atoms of these species are given new ones; default: all"),
        pattern: z
          .enum(orderings)
          .default("random")
          .describe(
            "core-shell: from the centre out in the order of composition; janus: along direction in that order; " +
              "L1_0 and L1_2 on fcc lattices with cubic axes",
          ),
        shells: z
          .array(counts("atoms of each species in this shell"))
          .min(1)
          .optional()
          .describe(
            "in place of composition: from the centre out, [{Au: 13}, {Ag: 35, Au: 7}, {Au: 92}]; at random within each",
          ),
        direction: vector.optional().describe("janus, L1_0: Cartesian direction; default [0, 0, 1]"),
      })
      .optional()
      .describe("which atom is which species"),
    vacancies: counts("how many atoms of each species to take away at random, {O: 2}").optional(),
    rattle_A: positive(
      "length",
      "every coordinate is moved by a Gaussian number with this standard deviation, Å",
    ).optional(),
    displace_A: positive(
      "length",
      "every atom is moved at random by up to this, Å (uniform in a sphere)",
    ).optional(),
    vacuum_A: positive(
      "length",
      "the cell is so much longer than the atoms' extent where it is not periodic, Å; default: no cell there, slabs 15",
    ).optional(),
    write: z
      .array(z.enum(["poscar", "cif"]))
      .min(1)
      .optional()
      .describe("eciton build: also a file of this format for each structure, which needs a cell"),
    count: whole("structures, each with random numbers of its own; so many of each frame of a file")
      .max(1_000_000)
      .default(1),
  });
}

export type AtomsSpec = z.output<ReturnType<typeof atomsSchema>>;
/** Sources of structures, of which a study gives one. */
export type AtomsPart<Key extends keyof AtomsSpec> = NonNullable<AtomsSpec[Key]>;
export type CrystalSpec = AtomsPart<"crystal">;
