/** A study that is done in a second: copper and gold on a simple cubic lattice, with a table of nine energies. */

/** A tree of sections; undefined leaves a key out. */
type Tree = { readonly [key: string]: unknown };

const study: Tree = {
  name: "small",
  seed: 3,
  lattice: {
    cell_A: [
      [4, 0, 0],
      [0, 4, 0],
      [0, 0, 4],
    ],
    sites: [{ name: "M", position: [0, 0, 0], species: ["Cu", "Au"], labels: { Au: "Au" } }],
  },
  clusters: { cutoff_A: 6, max_points: 3 },
  data: { table: { file: "table.csv" } },
  fit: { bootstrap: 20 },
  sample: {
    supercells: [[3, 3, 3]],
    temperatures_K: [300, 600],
    compositions: [{ per_cell: { Au: "1/3" } }],
    steps: 2000,
    samples: 500,
    snapshots: 2,
  },
};

function merged(base: Tree, changes: Tree): Tree {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const old = result[key];
    result[key] = isTree(old) && isTree(value) ? merged(old, value) : value;
  }
  return result;
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The study with changes, as the text of a file. JSON is YAML; one key a line gives every fault a line. */
export function smallStudy(changes: Tree = {}): string {
  return JSON.stringify(merged(study, changes), null, 1);
}

export const smallTable = `id,supercell,occupants,energy_eV
none,"2,2,2",,0
one,"2,2,2","Au@M[0,0,0]",0.1
near,"2,2,2","Au@M[0,0,0]; Au@M[1,0,0]",0.25
face,"2,2,2","Au@M[0,0,0]; Au@M[1,1,0]",0.18
body,"2,2,2","Au@M[0,0,0]; Au@M[1,1,1]",0.2
wide,"3,3,3","Au@M[0,0,0]; Au@M[1,1,1]",0.19
bent,"3,3,3","Au@M[0,0,0]; Au@M[1,1,0]; Au@M[2,0,0]",0.31
four,"2,2,2","Au@M[0,0,0]; Au@M[1,0,0]; Au@M[0,1,0]; Au@M[0,0,1]",0.7
line,"3,3,3","Au@M[0,0,0]; Au@M[1,0,0]; Au@M[2,0,0]",0.72
`;
