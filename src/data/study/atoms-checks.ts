/** What one key of the section `atoms` says about another: checks that the types cannot make. */
import { type AtomsSpec, atomsSchema } from "./atoms-schema.ts";
import type { SchemaPieces } from "./sample-schema.ts";

interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Where structures come from; exactly one is given. */
const atomSources = [
  "file",
  "files",
  "random",
  "extract",
  "icosahedron",
  "decahedron",
  "cuboctahedron",
  "octahedron",
  "wulff",
  "crystal",
  "slab",
] as const;

/** The section with its checks. */
export function atomsSection(pieces: SchemaPieces) {
  return atomsSchema(pieces).superRefine((section, context) => {
    for (const problem of atomsProblems(section)) context.addIssue({ code: "custom", ...problem });
  });
}

function atomsProblems(section: AtomsSpec): Problem[] {
  const problems: Problem[] = [];
  const add = (path: Problem["path"], message: string) => problems.push({ path, message });
  const given = atomSources.filter((key) => section[key] !== undefined);
  if (given.length !== 1)
    add([], `give one of ${atomSources.join(", ")}; found ${given.length === 0 ? "none" : given.join(", ")}`);

  const { random, extract, octahedron, wulff, slab, ordering, count } = section;
  if (random?.min_A !== undefined && random.max_A !== undefined && random.max_A <= random.min_A)
    add(["random", "max_A"], `expected more than min_A, ${random.min_A} Å; found ${random.max_A}`);
  if (extract) {
    if (!((extract.composition[extract.center] ?? 0) > 0))
      add(["extract", "center"], `the composition has no ${extract.center}`);
    if (extract.radius_A !== undefined && extract.strategy !== "uniform")
      add(["extract", "radius_A"], "belongs to the strategy uniform");
  }
  // Where the squares of two corners met they would overlap beyond this.
  if (octahedron && 2 * octahedron.cut > octahedron.edge - 1)
    add(
      ["octahedron", "cut"],
      `at most ${Math.floor((octahedron.edge - 1) / 2)} of ${octahedron.edge} layers can be cut off; found ${octahedron.cut}`,
    );
  if (slab && (slab.layers === undefined) === (slab.thickness_A === undefined))
    add(["slab"], "give either layers or thickness_A");
  const millers: [(string | number)[], readonly number[]][] = [
    ...(slab ? [[["slab", "miller"], slab.miller] as [string[], number[]]] : []),
    ...(wulff?.surfaces ?? []).map(({ miller }, i): [(string | number)[], readonly number[]] => [
      ["wulff", "surfaces", i, "miller"],
      miller,
    ]),
  ];
  for (const [path, indices] of millers) {
    if (indices.every((x) => x === 0)) add(path, "expected indices that are not all 0");
    if (indices.length === 4 && indices[0] + indices[1] + indices[2] !== 0)
      add(path, `the third of four indices is minus the sum of the first two; found ${indices.join(" ")}`);
  }
  for (const [path, crystal] of [
    [["crystal"], section.crystal],
    [["slab", "crystal"], slab?.crystal],
    [["wulff", "crystal"], wulff?.crystal],
    [["extract", "crystal"], extract?.crystal],
  ] as const) {
    if (!crystal) continue;
    const { file, species, structure, a_A, c_A } = crystal;
    const named = [species, structure, a_A, c_A].some((value) => value !== undefined);
    if (file !== undefined && named) add([...path], "a file says itself what structure and species it has");
    if (file === undefined && species === undefined) add([...path], "give species, or a file");
  }
  if (wulff?.crystal.file !== undefined)
    add(["wulff", "crystal", "file"], "faces of one family are known for the named crystals only");
  if (ordering) {
    if ((ordering.composition === undefined) === (ordering.shells === undefined))
      add(["ordering"], "give either composition or shells");
    if (Object.values(ordering.composition ?? {}).filter((n) => n === "rest").length > 1)
      add(["ordering", "composition"], "only one species can be the rest");
    if (ordering.shells && ordering.pattern !== "random")
      add(["ordering", "pattern"], "shells are a pattern of their own");
    if (ordering.direction?.every((x) => x === 0))
      add(["ordering", "direction"], "expected a direction, found [0, 0, 0]");
  }
  const drawn = random ?? extract ?? ordering ?? section.vacancies ?? section.rattle_A ?? section.displace_A;
  if (count > 1 && drawn === undefined)
    add(["count"], `nothing here is random: all ${count} structures would be the same`);
  return problems;
}
