/** `eciton pool`: the symmetry-distinct clusters of a study. */
import { join } from "node:path";
import { type Command, Option } from "commander";
import { estimatePoolSize, type SizeEstimate } from "../clusters/pool-size.ts";
import type { Study } from "../data/study/schema.ts";
import { strictJson, writeFileAtomic } from "../exec/atomic-file.ts";
import { buildStudyPool, poolDocument } from "../workflows/pool.ts";
import { cutoffsOfStudy, latticeOfStudy } from "../workflows/study-lattice.ts";
import {
  type CommonOptions,
  loadStudyWith,
  positiveNumber,
  printResult,
  supercellOption,
  wholeNumber,
  withCommonOptions,
  withStudy,
} from "./options.ts";

interface PoolOptions extends CommonOptions {
  readonly cutoff?: number;
  readonly maxPoints?: number;
  readonly supercell?: number[] | number[][];
  readonly list?: boolean;
}

export function registerPool(program: Command): void {
  const command = program
    .command("pool")
    .description("count the symmetry-distinct clusters of a lattice, and what they fold to on a supercell")
    .argument("<study>", "study file with the sections lattice and clusters")
    .addOption(
      new Option("--cutoff <A>", "largest pair distance, angstrom, for every size").argParser(positiveNumber),
    )
    .addOption(new Option("--max-points <n>", "largest number of points").argParser(wholeNumber))
    .addOption(
      new Option("--supercell <m>", "fold onto this cell, for example 4,4,1").argParser(supercellOption),
    )
    .option("--list", "also list every cluster with its label, diameter and multiplicity");
  withCommonOptions(command).action(async (file: string, options: PoolOptions) => {
    const overrides: Record<string, unknown> = {};
    if (options.cutoff !== undefined || options.maxPoints !== undefined) {
      const given = loadStudyWith(file, options).study.clusters;
      const cutoffs = Object.entries(given?.cutoffs_A ?? {});
      overrides["clusters.cutoff_A"] =
        options.cutoff ?? given?.cutoff_A ?? Math.max(...cutoffs.map(([, c]) => c));
      overrides["clusters.max_points"] =
        options.maxPoints ?? given?.max_points ?? Math.max(2, ...cutoffs.map(([size]) => Number(size)));
      overrides["clusters.cutoffs_A"] = undefined;
    }
    if (options.supercell) overrides["clusters.supercell"] = options.supercell;
    const loaded = loadStudyWith(file, options, overrides);
    await withStudy(loaded, () => poolOf(loaded.study, options));
  });
}

function poolOf(study: Study, options: PoolOptions): void {
  if (options.dryRun) {
    const estimates = estimatePoolSize(latticeOfStudy(study), cutoffsOfStudy(study));
    printResult(options, { would: estimates }, estimates.map(estimateLine));
    return;
  }
  const result = buildStudyPool(study);
  const summary = poolDocument(study, result);
  const clusters = result.pool.orbits.map((orbit) => ({
    label: orbit.label,
    points: orbit.size,
    diameter_A: orbit.diameter,
    multiplicity: orbit.instances.length,
  }));
  if (options.out !== undefined)
    writeFileAtomic(join(options.out, "pool.json"), `${strictJson({ ...summary, clusters }, 1)}\n`);
  printResult(options, options.list ? { ...summary, clusters } : summary, [
    ...describe(summary),
    ...(options.list
      ? clusters.map(
          (c) => `${c.label.padEnd(40)} ${c.points} points  ${c.diameter_A.toFixed(3)} A  x${c.multiplicity}`,
        )
      : []),
  ]);
}

function estimateLine({ size, cutoff, instances, bytes }: SizeEstimate): string {
  return (
    `${size} points within ${cutoff} A: about ${Math.round(instances).toLocaleString("en-US")} clusters for each ` +
    `parent cell before symmetry, ${Math.ceil(bytes / 2 ** 20)} MiB`
  );
}

function describe(summary: ReturnType<typeof poolDocument>): string[] {
  const lines = [
    `space group of the sites ${summary.symmetry.space_group}, ${summary.symmetry.operations} operations kept`,
    `points   infinite lattice${summary.folded ? "   folded" : ""}`,
  ];
  for (const [size, count] of Object.entries(summary.infinite))
    lines.push(
      `${size.padStart(6)}   ${String(count).padStart(16)}` +
        (summary.folded ? `   ${String(summary.folded[size] ?? 0).padStart(6)}` : ""),
    );
  lines.push(
    `${"total".padStart(6)}   ${String(summary.total_infinite).padStart(16)}` +
      (summary.total_folded === undefined ? "" : `   ${String(summary.total_folded).padStart(6)}`),
  );
  for (const { kept, merged } of summary.merged ?? [])
    lines.push(`merged: ${merged.join(", ")} into ${kept}`);
  if ((summary.self_meeting ?? []).length > 0)
    lines.push(`${summary.self_meeting!.length} clusters meet their own image on this supercell`);
  lines.push(`${summary.seconds} s`);
  return lines;
}
