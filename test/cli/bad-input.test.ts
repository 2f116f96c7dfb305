/** Wrong input, tried as a person would meet it: exit code, message, and nothing left behind. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildCli, eciton, scratch } from "./eciton.ts";
import { smallStudy, smallTable } from "./small-study.ts";

beforeAll(buildCli);

type Changes = Parameters<typeof smallStudy>[0];

interface Fault {
  readonly title: string;
  readonly args?: readonly string[];
  readonly changes?: Changes;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly code: number;
  /** Of the JSON document. */
  readonly error: string;
  readonly says: readonly (string | RegExp)[];
}

const table = (from: string, to: string) => ({ "table.csv": smallTable.replace(from, to) });
const structures = (section: object, changes: object = {}): Changes => ({
  data: { table: undefined, structures: { files: ["s.extxyz"], ...section } },
  ...changes,
});
const published = (model: object, changes: object = {}): Changes => ({
  data: undefined,
  fit: undefined,
  model,
  ...changes,
});
const cubic = 'Lattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3';
const frames = `1\n${cubic} energy=0.1 id=a\nCu 0 0 0\n1\n${cubic} energy=0.2 id=b\nAg 0 0 0\n`;

const vasprun = `<?xml version="1.0" encoding="ISO-8859-1"?>
<modeling>
 <generator>
  <i name="program" type="string">vasp</i>
`;

const studies: readonly Fault[] = [
  {
    title: "unknown keys",
    changes: { clusters: { cutoff_A: undefined, cutof_A: 6 }, fit: { bootstraps: 20 } },
    code: 2,
    error: "study",
    says: [
      /study\.yaml:\d+: clusters: unknown key "cutof_A"; did you mean "cutoff_A"\?/,
      'did you mean "bootstrap"?',
    ],
  },
  {
    title: "text that is no YAML",
    files: { "study.yaml": "name: x\nlattice: [1, 2\nfit: {}\n" },
    code: 2,
    error: "study",
    says: [/study\.yaml:[23]: /],
  },
  {
    title: "an empty study",
    files: { "study.yaml": "" },
    code: 2,
    error: "study",
    says: ["expected the sections of a study"],
  },
  {
    title: "a study without sections",
    files: { "study.yaml": "name: x\n" },
    code: 2,
    error: "study",
    says: ["study.yaml: fit: there is nothing to run without this section or the section sample"],
  },
  {
    title: "a study of atoms",
    files: { "study.yaml": "name: x\natoms: { icosahedron: { species: Cu, shells: 1 } }\nrelax: {}\n" },
    code: 2,
    error: "study",
    says: [
      "study.yaml:3: relax: run, fit and sample work on lattices; for this section there is eciton relax",
    ],
  },
  {
    title: "a missing study",
    args: ["run", "absent.yaml"],
    code: 2,
    error: "study",
    says: ["absent.yaml: there is no such file"],
  },
  {
    title: "a study in another encoding",
    files: { "study.yaml": Buffer.from("name: caf\xe9\n", "latin1") },
    code: 2,
    error: "study",
    says: ["study.yaml:1: not UTF-8 text"],
  },
  {
    title: "a term that the pool does not have",
    changes: published({ terms: [{ label: "AuAu_1M", energy_eV: 0.1 }] }),
    code: 2,
    error: "study",
    says: [
      /study\.yaml:\d+: model\.terms\[0\]\.label: the pool has no cluster "AuAu_1M"; the nearest labels are AuAu_1N/,
    ],
  },
  {
    title: "a gauge for a term that the pool does not have",
    changes: { fit: { gauge: { Aux: 0 } } },
    code: 2,
    error: "study",
    says: [/study\.yaml:\d+: fit\.gauge\.Aux: the pool has no cluster with this label; the nearest are Au,/],
  },
  {
    title: "a hull over a species that nothing holds",
    changes: { fit: { hull: { species: "Ag" } } },
    code: 2,
    error: "study",
    says: [/study\.yaml:\d+: fit\.hull\.species: no site that can change allows "Ag"/],
  },
  {
    title: "errors per a species that nothing holds",
    changes: { fit: { errors_per: "Ag" } },
    code: 2,
    error: "study",
    says: [/fit\.errors_per: expected configuration, cell, site or a species \(Cu, Au\), found "Ag"/],
  },
  {
    title: "a penalty of zero with more clusters than structures",
    changes: { clusters: { cutoff_A: 13 }, fit: { path: { values: [0] } } },
    code: 2,
    error: "study",
    says: [/study\.yaml:\d+: fit\.path\.values: .*positive.*found 0/, "no unique solution"],
  },
  {
    title: "more folds than structures",
    changes: { fit: { cross_validation: { k_fold: 40 } } },
    code: 2,
    error: "study",
    says: ["fit.cross_validation: expected 2 to 9 folds for 9 rows, found 40"],
  },
  {
    title: "a cut-off that needs too much memory",
    changes: { clusters: { cutoff_A: 40, max_points: 4 } },
    code: 2,
    error: "memory",
    says: [/study\.yaml:\d+: clusters\.cutoff_A: .*GiB, more than the .*GiB allowed; lower this cut-off/],
  },
  {
    title: "a cut-off whose pairs nobody could count",
    changes: { clusters: { cutoff_A: 1e9 } },
    code: 2,
    error: "memory",
    says: [
      /study\.yaml:\d+: clusters\.cutoff_A: about .* pairs of sites lie within 1000000000 Å.*lower this cut-off/,
    ],
  },
  {
    title: "a cell in another unit of length",
    changes: {
      lattice: {
        cell_A: [
          [4e-10, 0, 0],
          [0, 4e-10, 0],
          [0, 0, 4e-10],
        ],
      },
    },
    code: 2,
    error: "study",
    says: [
      /study\.yaml:\d+: lattice\.cell_A: cells are 4e-10 Å apart along vector 1; expected 0\.1 to 100000/,
    ],
  },
  {
    title: "a composition that does not fit the cell",
    changes: { sample: { compositions: [{ per_cell: { Au: "1/7" } }] } },
    code: 2,
    error: "study",
    says: [
      /study\.yaml:\d+: sample\.compositions\[0\]\.per_cell\.Au: .*27 cells.*not a whole number; possible are 3\/27/,
    ],
  },
  {
    title: "a composition of a species that nothing holds",
    changes: { sample: { compositions: [{ per_cell: { Ag: "1/3" } }] } },
    code: 2,
    error: "study",
    says: ['per_cell.Ag: no site can hold "Ag"; there are Cu, Au'],
  },
  {
    title: "a composition that is not neutral",
    changes: published({ terms: [{ label: "Au", energy_eV: 0.1 }] }, { lattice: { charges: { Au: 1 } } }),
    code: 2,
    error: "study",
    says: [/sample\.compositions\[0\]\.per_cell: not neutral: 9 Au of 1 e add up to 9 e/],
  },
  {
    title: "a charge of a species that nothing holds",
    changes: { lattice: { charges: { Ag: 1 } } },
    code: 2,
    error: "study",
    says: [/study\.yaml:\d+: lattice\.charges\.Ag: no site holds "Ag"; there are Cu, Au/],
  },
  {
    title: "a supercell without volume",
    changes: { sample: { supercells: [[3, 0, 3]] } },
    code: 2,
    error: "study",
    says: ["sample.supercells[0]: supercell 3,0,3: its vectors are linearly dependent"],
  },
  {
    title: "sampling a fit that nobody makes",
    args: ["sample", "study.yaml"],
    changes: { sample: { model: "fit" } },
    code: 2,
    error: "study",
    says: ["sample.model: asks for the fitted model, but nothing is fitted here"],
  },
  {
    title: "sampling without a model",
    args: ["sample", "study.yaml"],
    code: 2,
    error: "study",
    says: ["model: this needs a model of the study's own"],
  },
  {
    title: "a temperature twice",
    changes: { sample: { temperatures_K: [300, 600, 300] } },
    code: 2,
    error: "study",
    says: [/study\.yaml:\d+: sample\.temperatures_K\[2\]: the same as entry 1 of the list; replicas/],
  },
  {
    title: "two compositions of one name",
    changes: {
      sample: {
        compositions: [
          { label: "third", per_cell: { Au: "1/3" } },
          { label: "third", per_cell: { Au: "2/3" } },
        ],
      },
    },
    code: 2,
    error: "study",
    says: [/sample\.compositions\[1\]: it reads "third", as entry 1 of the list does/],
  },
  {
    title: "more replicas than lists can hold",
    changes: { sample: { replicas: 10_000_000 } },
    code: 2,
    error: "study",
    says: [/sample\.replicas: .* these 10000000 make 20000000 chains; at most 1000000 are possible/],
  },
  {
    title: "more pictures than anyone looks at",
    changes: { sample: { snapshots: 10_000_000 } },
    code: 2,
    error: "study",
    says: [/sample\.snapshots: expected at most 1000 pictures; trajectory keeps more states/],
  },
  {
    title: "a gas of unknown chemical potential",
    changes: {
      sample: {
        ensemble: "reservoir",
        compositions: undefined,
        temperatures_K: [300, 50],
        reservoir: { replace: [{ from: "Cu", to: "Au" }], oxygen_pressures_bar: [1] },
      },
    },
    code: 2,
    error: "study",
    says: [
      /study\.yaml:\d+: sample\.temperatures_K\[1\]: .* from 100 to 6000 K, found 50 K; give delta_mu_eV/,
    ],
  },
];

const tables: readonly Fault[] = [
  {
    title: "a missing table",
    changes: { data: { table: { file: "absent.csv" } } },
    code: 3,
    error: "data",
    says: ["absent.csv: there is no such file"],
  },
  {
    title: "an empty table",
    files: { "table.csv": "" },
    code: 3,
    error: "data",
    says: ["table.csv: the table is empty: expected a line of column names"],
  },
  {
    title: "a table of column names alone",
    files: { "table.csv": smallTable.slice(0, smallTable.indexOf("\n") + 1) },
    code: 3,
    error: "data",
    says: ["table.csv: no configurations in the table"],
  },
  {
    title: "a species that the site does not allow",
    files: table("Au@M[1,0,0]", "Ag@M[1,0,0]"),
    code: 3,
    error: "data",
    says: ['table.csv:4: near: the site M does not allow "Ag"; it allows Cu, Au'],
  },
  {
    title: "an energy that is NaN",
    files: table("0.18", "NaN"),
    code: 3,
    error: "data",
    says: ['table.csv:5: energy_eV: expected a finite number, found "NaN"'],
  },
  {
    title: "an energy that is missing",
    files: { "table.csv": smallTable.replaceAll(/,[\d.]+$/gm, "").replace(",energy_eV", "") },
    code: 3,
    error: "data",
    says: [/table\.csv:2: .*no energy; name its column/],
  },
  {
    title: "two configurations of one name",
    files: table("near,", "one,"),
    code: 3,
    error: "data",
    says: ['table.csv:4: id "one" is used twice, first on line 3'],
  },
  {
    title: "charges that do not balance",
    changes: { lattice: { charges: { Au: 1 } } },
    code: 3,
    error: "data",
    says: ["table.csv:3: one: not neutral: 1 Au of 1 e add up to 1 e"],
  },
];

const structureFiles: readonly Fault[] = [
  {
    title: "a structure that does not map, where none may be left out",
    changes: structures({ on_rejected: "error" }),
    files: { "s.extxyz": frames },
    code: 3,
    error: "mapping",
    says: ["s.extxyz:4: b: rejected (species): no site holds Ag", "data.structures.on_rejected: report"],
  },
  {
    title: "structures of which none maps",
    changes: structures({}),
    files: { "s.extxyz": frames.replaceAll("Cu", "Ag") },
    code: 3,
    error: "mapping",
    says: ["none of the 2 structures maps to the lattice; the first: s.extxyz:1: a: rejected (species)"],
  },
  {
    title: "an energy that is NaN in extended XYZ",
    changes: structures({}),
    files: { "s.extxyz": frames.replace("energy=0.2", "energy=nan") },
    code: 3,
    error: "data",
    says: ["s.extxyz:5: energy: expected a number, found nan"],
  },
  {
    title: "two structures of one name whose energies stand in a table",
    changes: structures({ id_key: "id", properties: { file: "p.csv", id_column: "id", energy_column: "e" } }),
    files: { "s.extxyz": frames.replaceAll("id=b", "id=a"), "p.csv": "id,e\na,1\n" },
    code: 3,
    error: "data",
    says: [/s\.extxyz:4: "a" is the name of two structures \(the first: s\.extxyz:1\)/],
  },
  {
    title: "a pattern that no file matches",
    changes: structures({ files: ["runs/*/POSCAR"] }),
    code: 2,
    error: "study",
    says: [/study\.yaml:\d+: data\.structures\.files\[0\]: no file matches "runs\/\*\/POSCAR"/],
  },
  {
    title: "a truncated vasprun.xml",
    changes: structures({ files: ["vasprun.xml"] }),
    files: { "vasprun.xml": vasprun },
    code: 3,
    error: "data",
    says: [/vasprun\.xml:\d: the file ends before its first ionic step is complete/],
  },
];

const modelFile = (content: string): Pick<Fault, "changes" | "files"> => ({
  changes: published({ file: "m.json" }),
  files: { "m.json": content },
});
const models: readonly Fault[] = [
  {
    title: "a missing model file",
    changes: published({ file: "m.json" }),
    code: 3,
    error: "data",
    says: ["m.json: there is no such file"],
  },
  {
    title: "a model file that is cut off",
    ...modelFile('{"format": "eciton-cluster-expansion", "ver'),
    code: 3,
    error: "data",
    says: ["m.json: not a JSON file"],
  },
  {
    title: "a model of another program",
    ...modelFile('{"format": "icet"}'),
    code: 3,
    error: "data",
    says: ['m.json: not a model of Eciton: expected format "eciton-cluster-expansion"'],
  },
  {
    title: "JSON that is nothing",
    ...modelFile("null"),
    code: 3,
    error: "data",
    says: ["m.json: not a model of Eciton"],
  },
  {
    title: "a model of a later version",
    ...modelFile('{"format": "eciton-cluster-expansion", "version": 99}'),
    code: 3,
    error: "data",
    says: ["m.json: a model of version 99; this Eciton reads version 1"],
  },
  {
    title: "a model without its expansion",
    ...modelFile('{"format": "eciton-cluster-expansion", "version": 1, "expansion": {"terms": []}}'),
    code: 3,
    error: "data",
    says: ["m.json: its section expansion is incomplete"],
  },
];

const usage: readonly Fault[] = [
  {
    title: "an unknown command",
    args: ["frobnicate"],
    code: 2,
    error: "usage",
    says: ["unknown command 'frobnicate'"],
  },
  { title: "no study", args: ["run"], code: 2, error: "usage", says: ["missing required argument 'study'"] },
  {
    title: "a negative number of workers",
    args: ["run", "study.yaml", "--workers", "-1"],
    code: 2,
    error: "usage",
    says: ["argument '-1' is invalid. expected a whole number, 0 or more"],
  },
  {
    title: "a misspelt option",
    args: ["run", "study.yaml", "--worker", "1"],
    code: 2,
    error: "usage",
    says: ["unknown option '--worker'", "Did you mean --workers?"],
  },
  {
    title: "a supercell of two numbers",
    args: ["pool", "study.yaml", "--supercell", "4,4"],
    code: 2,
    error: "usage",
    says: ["expected three or nine integers, for example 4,4,1"],
  },
  {
    title: "a file where the output folder should be",
    args: ["run", "study.yaml", "--out", "table.csv/x"],
    code: 2,
    error: "usage",
    says: ["table.csv is a file; --out needs a folder"],
  },
];

/** Everything below a folder, with sizes. */
function contents(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => `${name} ${statSync(join(folder, name)).size}`)
    .sort();
}

describe.each([
  ["study", studies],
  ["table", tables],
  ["structures", structureFiles],
  ["model file", models],
  ["command line", usage],
] as const)("a wrong %s", (_, faults) => {
  it.concurrent.for(faults.map((fault) => [fault.title, fault] as const))("%s", async ([, fault], test) => {
    const folder = scratch(
      { "study.yaml": smallStudy(fault.changes), "table.csv": smallTable, ...fault.files },
      test.onTestFinished,
    );
    const before = contents(folder);
    const args = fault.args ?? ["run", "study.yaml", "--workers", "0"];
    const { code, stdout, stderr } = await eciton([...args, "--json"], folder);
    expect(stderr).not.toMatch(/\n {4}at |mistake in Eciton/);
    for (const text of fault.says) expect(stderr).toMatch(text);
    expect(code).toBe(fault.code);
    const document = JSON.parse(stdout) as { error: { code: string; message: string } };
    expect(document.error.code).toBe(fault.error);
    expect(stderr).toContain(document.error.message);
    expect(contents(folder)).toEqual(before);
  });
});

describe("a disk that is full", () => {
  it("ends the run with a message, and leaves whole files only", async (context) => {
    const folder = scratch({ "study.yaml": smallStudy(), "table.csv": smallTable });
    const out = join(folder, "out");
    mkdirSync(out);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=100k", "tmpfs", out], { stdio: "pipe" });
    } catch {
      console.warn("skipped: no permission to mount a small disk");
      return context.skip();
    }
    try {
      const { code, stdout, stderr } = await eciton(
        ["run", "study.yaml", "--out", "out", "--workers", "0", "--json"],
        folder,
      );
      expect(code).toBe(5);
      expect(stderr).toMatch(
        /eciton: out\/.*: cannot write: the disk is full; free some space or choose another folder/,
      );
      expect((JSON.parse(stdout) as { error: { code: string } }).error.code).toBe("io");
      const files = readdirSync(out, { recursive: true, encoding: "utf8" });
      expect(files.filter((name) => name.endsWith(".part"))).toEqual([]);
      expect(existsSync(join(out, "report.html"))).toBe(false);
      for (const name of files.filter((file) => file.endsWith(".json")))
        expect(() => JSON.parse(readFileSync(join(out, name), "utf8"))).not.toThrow();
    } finally {
      execFileSync("umount", [out]);
    }
  });
});

describe("a folder that cannot be written", () => {
  it("is refused before any work", async () => {
    const folder = scratch({ "study.yaml": smallStudy(), "table.csv": smallTable });
    const locked = join(folder, "locked");
    mkdirSync(locked);
    // Permissions do not stop the superuser, a disk that is mounted read-only does.
    const mounted = process.getuid?.() === 0;
    if (mounted) execFileSync("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", locked], { stdio: "pipe" });
    else chmodSync(locked, 0o555);
    try {
      const args = ["run", "study.yaml", "--out", "locked/x", "--workers", "0"];
      const { code, stderr } = await eciton(args, folder);
      expect(code).toBe(5);
      expect(stderr).toMatch("locked/x: cannot write: no permission; choose another folder with --out");
      expect(stderr).not.toMatch("fitting");
    } finally {
      if (mounted) execFileSync("umount", [locked]);
    }
  });
});
