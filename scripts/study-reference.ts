/**
 * Writes docs/study-reference.md from the schema of study files: every key with its type, default and meaning.
 *   npx tsx scripts/study-reference.ts
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { studySchema } from "../src/data/study/schema.ts";

/** What is looked at of a zod schema. */
interface Node {
  readonly description?: string;
  readonly def: {
    readonly type: string;
    readonly innerType?: Node;
    readonly in?: Node;
    readonly out?: Node;
    readonly defaultValue?: unknown;
    readonly shape?: Readonly<Record<string, Node>>;
    readonly element?: Node;
    readonly valueType?: Node;
    readonly items?: readonly Node[];
    readonly options?: readonly Node[];
    readonly entries?: Readonly<Record<string, string>>;
    readonly values?: readonly unknown[];
  };
}

interface Row {
  readonly key: string;
  readonly type: string;
  readonly preset: string;
  readonly meaning: string;
}

/** Meaning of keys that the schema itself does not describe. */
const meanings: Readonly<Record<string, string>> = {
  description: "one line for people; does nothing",
  "lattice.coordinates": "what `position` of the sites means",
  "lattice.sites": "sites of one cell",
  "data.table.energy_column": "column of the energies; `energy_eV` if not given",
  "data.table.id_column": "column of the names; `id` if not given",
  "data.structures": "files of atoms, which are mapped to the lattice",
  "data.structures.mapping": "how atoms are put on sites, see [mapping](theory/mapping.md)",
  "data.structures.mapping.magnetic[].states":
    "species with their windows; a moment in no window, or in two, rejects the structure",
  "data.structures.mapping.magnetic[].states[].species": "species of the lattice",
  "data.structures.mapping.leave_out": "atoms that the lattice does not describe",
  "data.structures.mapping.oxidation_states[].element": "species in the file",
  "data.structures.mapping.oxidation_states[].charge": "formal charge in the file, e",
  "data.structures.mapping.oxidation_states[].species": "species of the lattice",
  "data.structures.properties.file": "path relative to the study",
  "data.structures.properties.id_column": "column with the name of the structure",
  "data.structures.properties.energy_column": "column with its energy, eV",
  "data.synthetic.compositions[].label": "name in reports; default: the composition",
  "fit.method": "see [fitting](theory/fitting.md)",
  "fit.path":
    "values of the hyper-parameter; `count` and `decades` are for lasso, adaptive-lasso and elastic-net",
  "fit.cross_validation": "which configurations are left out together",
  "fit.choice": "value of the hyper-parameter that is taken from the cross-validation curve",
  "fit.refit.keep": "number of terms kept, the largest first; auto: by one standard error",
  "fit.hull": "convex hull of formation energies over one composition axis",
  model: "a model that the study states itself",
  "model.terms": "terms by the labels of the pool (`eciton pool --list`)",
  "model.terms[].label": "label of the cluster",
  "model.terms[].note": "shown in the report",
  "model.source": "where the terms are from",
  "sample.supercells": "cells to sample, each three repetitions or three rows of integers",
  "sample.temperatures_K": "temperatures, K",
  "sample.compositions": "numbers of species; what is not named is background",
  "sample.compositions[].label": "name in reports; default: the composition",
  "report.title": "title of the report; default: the name",
};

/** Defaults that are filled in after the schema. */
const presets: Readonly<Record<string, string>> = {
  name: "name of the file",
  "clusters.max_points": "`2`",
  "clusters.memory_GiB": "half of what is free",
  "data.structures.mapping.max_displacement_A": "a quarter of the shortest distance between sites",
  "data.structures.mapping.max_strain": "`0.1`",
  "data.structures.mapping.max_volume_change": "`0.25`",
  "fit.errors_per": "as `fit.per`",
  "fit.l1_ratio": "`0.5`",
};

const titles: Readonly<Record<string, string>> = {
  lattice: "The parent lattice: a cell, its sites, and the species that each may hold.",
  clusters: "Which clusters there are to choose from.",
  model: "A model that is given instead of fitted, for `eciton sample` and for synthetic tables.",
  data: "The training data; exactly one of `table`, `structures` and `synthetic`.",
  fit: "How the model is fitted.",
  sample:
    "Monte Carlo: the grid of supercells, conditions, temperatures and replicas ([Monte Carlo](monte-carlo.md), " +
    "[ensembles](ensembles.md), [methods](sampling-methods.md), [observables](observers.md)).",
  atoms:
    "Structures to build, relax, move or search from: one source, then what changes it ([examples](building-structures.md)).",
  slurm: "Jobs of `--executor slurm` ([Slurm](slurm.md)).",
  report:
    "The report, and statements to hold the sampled numbers against ([example](vacancy-distributions.md)).",
};

/** The schema below defaults and optional marks, its default, its description, and whether it may be absent. */
function unwrapped(node: Node): { node: Node; preset: unknown; meaning: string; optional: boolean } {
  let at = node;
  let preset: unknown;
  let meaning = at.description ?? "";
  let optional = false;
  for (;;) {
    const { type, innerType } = at.def;
    if (type === "default") preset = at.def.defaultValue;
    if (type === "default" || type === "optional") optional = true;
    if (type === "pipe") at = at.def.in!.def.type === "transform" ? at.def.out! : at.def.in!;
    else if (innerType) at = innerType;
    else return { node: at, preset, meaning, optional };
    meaning ||= at.description ?? "";
  }
}

function isQuantity(node: Node): boolean {
  const types = node.def.options?.map((option) => option.def.type).join();
  return node.def.type === "union" && types === "number,string";
}

function typeText(given: Node): string {
  const { node } = unwrapped(given);
  const { type, options, items, element, valueType, values, entries } = node.def;
  if (isQuantity(node)) return "number or expression";
  switch (type) {
    case "enum":
      return Object.keys(entries!)
        .map((name) => `\`${name}\``)
        .join(", ");
    case "literal":
      return values!.map((value) => `\`${value}\``).join(", ");
    case "union":
      return [...new Set(options!.map(typeText))].join(" or ");
    case "tuple":
      return `[${items!.map(typeText).join(", ")}]`;
    case "array":
      return `list of ${typeText(element!)}`;
    case "record":
      return `name: ${typeText(valueType!)}`;
    case "object":
      return "section";
    case "boolean":
      return "true or false";
    case "string":
      return "text";
    default:
      return (node as { isInt?: boolean }).isInt ? "integer" : type;
  }
}

/** Vectors and matrices are written out as tuples; a short word reads better. */
function shortened(type: string): string {
  return type
    .replaceAll(/\[(integer|number or expression), \1, \1\]/g, "three × $1")
    .replaceAll(/\[(three × [a-z ]+), \1, \1\]/g, "three rows of $1")
    .replaceAll("[true or false, true or false, true or false]", "three × true or false")
    .replaceAll("three × number or expression", "three numbers or expressions")
    .replaceAll("three × integer", "three integers");
}

function rowsOf(path: string, given: Node): Row[] {
  const { node, preset, meaning, optional } = unwrapped(given);
  const row: Row = {
    key: path,
    type: shortened(typeText(given)),
    preset:
      presets[path] ??
      (preset === undefined ? (optional ? "" : "**required**") : `\`${presetText(preset)}\``),
    meaning: meaning === "" ? (meanings[path] ?? "") : meaning,
  };
  return [row, ...childrenOf(path, node)];
}

function presetText(preset: unknown): string {
  return typeof preset === "string" ? preset : JSON.stringify(preset).replaceAll('"', "");
}

function childrenOf(path: string, node: Node): Row[] {
  const { type, shape, element, options } = node.def;
  if (type === "object")
    return Object.entries(shape!).flatMap(([key, child]) => rowsOf(`${path}.${key}`, child));
  if (type === "array") return childrenOf(`${path}[]`, unwrapped(element!).node);
  if (type === "union" && !isQuantity(node))
    return options!.flatMap((option) => childrenOf(path, unwrapped(option).node));
  return [];
}

function table(rows: readonly Row[]): string {
  return [
    "| key | value | default | meaning |",
    "|---|---|---|---|",
    ...rows.map((r) => `| \`${r.key}\` | ${r.type} | ${r.preset} | ${r.meaning.replaceAll("|", "\\|")} |`),
  ].join("\n");
}

/** The whole page. */
export function studyReference(): string {
  const sections = Object.entries((studySchema() as unknown as Node).def.shape!);
  const isSection = ([, child]: [string, Node]) => unwrapped(child).node.def.type === "object";
  const general = sections.filter((entry) => !isSection(entry));
  return `${[
    "# Study files: every key",
    "<!-- Made by scripts/study-reference.ts from the schema; do not edit. -->",
    "A study is a YAML file (JSON is accepted). It holds only the sections that it needs. An unknown key is an error " +
      "that names the nearest known one, and all problems are reported at once with file and line. " +
      "Units stand in the names: `_A` is ångström, `_K` kelvin, `_eV` electron volt.",
    "A *number or expression* is a number, or arithmetic in quotes or plain: `15.45/4*sqrt(2)`, `1/16`, `0.5 nm`, " +
      "`2 kJ/mol`. Expressions know `+ - * / ^`, common functions, `pi`, units and the names under `constants`; " +
      "nothing else is evaluated.",
    "A key that is neither required nor has a default may be left out; a required one is required where its section " +
      "is there. `[]` stands for each entry of a list.",
    "`eciton schema` prints the same schema for editors.",
    "## General",
    table(general.flatMap(([key, child]) => rowsOf(key, child))),
    ...sections
      .filter(isSection)
      .flatMap(([key, child]) => [
        `## ${key}`,
        titles[key] ?? "",
        table(childrenOf(key, unwrapped(child).node)),
      ]),
  ].join("\n\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL("../docs/study-reference.md", import.meta.url), studyReference());
