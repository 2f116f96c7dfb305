/** Every study of atoms in configs, from file to report at reduced size. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { PartResult, PartWorkflow } from "../src/cli/part-command.ts";
import { loadStudy, type Overrides } from "../src/data/study/load-study.ts";
import type { Study } from "../src/data/study/schema.ts";
import { createExecutor } from "../src/exec/executor.ts";

const names = readdirSync("configs").filter(
  (name) => name.endsWith(".yaml") && loadStudy(join("configs", name)).study.lattice === undefined,
);

const parts: Readonly<Record<string, () => Promise<PartWorkflow<unknown>>>> = {
  build: () => import("../src/workflows/atoms/build.ts") as Promise<PartWorkflow<unknown>>,
  dynamics: () => import("../src/workflows/atoms/dynamics.ts") as Promise<PartWorkflow<unknown>>,
  hop: () => import("../src/workflows/atoms/hop.ts") as Promise<PartWorkflow<unknown>>,
  learn: () => import("../src/workflows/learn/learn.ts") as Promise<PartWorkflow<unknown>>,
  relax: () => import("../src/workflows/atoms/relax.ts") as Promise<PartWorkflow<unknown>>,
};

/** The commands that a study is for: those of its sections, or building its atoms where it has nothing else. */
function commandsOf(study: Study): string[] {
  // It does all the others too.
  if (study.learn) return ["learn"];
  const found = ["relax", "hop", "dynamics"].filter((part) => study[part as keyof Study] !== undefined);
  return found.length > 0 ? found : ["build"];
}

/** Smaller, but every section is still there. */
function reduced(study: Study): Overrides {
  const { hop, dynamics, learn } = study;
  return {
    ...(learn
      ? {
          "relax.max_evaluations": 40,
          "train.epochs": 1,
          "train.network.hidden": [4],
          "train.descriptors.keep": 8,
          "learn.start_structures": 4,
          "learn.start_descent": 3,
          "learn.rounds": 2,
          "learn.per_round": 6,
          "learn.explore.starts": 2,
          "learn.explore.steps": 20,
          "learn.check": 3,
        }
      : {}),
    ...(hop ? { "hop.paths": 2, "hop.steps": 5, "hop.target_eV": undefined } : {}),
    ...(dynamics?.staircase
      ? { "dynamics.staircase.equilibrate_ps": 0.01, "dynamics.staircase.measure_ps": 0.05 }
      : {}),
    ...Object.fromEntries(
      (dynamics?.segments ?? []).map((_, i) => [`dynamics.segments.${i}.duration_ps`, 0.05]),
    ),
  };
}

async function runPart(command: string, file: string, outDir: string): Promise<PartResult> {
  const workflow = await parts[command]();
  const loaded = loadStudy(file, reduced(loadStudy(file).study));
  const executor = createExecutor(0);
  try {
    const plan = await workflow.plan(loaded, outDir);
    return await workflow.run(plan, {
      executor,
      outDir,
      resume: false,
      signal: new AbortController().signal,
      say: () => {},
      command: `eciton ${command}`,
    });
  } finally {
    await executor.close();
  }
}

const runs = names.flatMap((name) =>
  commandsOf(loadStudy(join("configs", name)).study).map((command) => ({ name, command })),
);

describe.each(runs)("eciton $command $name", ({ name, command }) => {
  it("leaves results with numbers and the study beside them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "eciton-config-"));
    try {
      const { report, verdict } = await runPart(command, join("configs", name), folder);
      expect(verdict.text.length).toBeGreaterThan(10);
      const html = readFileSync(report, "utf8");
      expect(html.trimEnd().endsWith("</html>")).toBe(true);
      const shown = html.replaceAll(/<script[\s\S]*?<\/script>/g, "");
      expect(shown.match(/.{0,40}\b(NaN|Infinity|undefined)\b.{0,40}/)).toBeNull();
      const tables = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((f) =>
        f.endsWith(".csv"),
      );
      expect(tables.length).toBeGreaterThan(0);
      for (const table of tables)
        expect(readFileSync(join(folder, table), "utf8")).not.toMatch(/NaN|Infinity|undefined/);
      const provenance = JSON.parse(readFileSync(join(folder, "provenance.json"), "utf8"));
      expect(provenance).toMatchObject({ study: loadStudy(join("configs", name)).study.name });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
