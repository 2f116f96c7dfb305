/** Another command of the study (hop, dynamics) done for one system with the potential that was learned, in a folder of its own. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AtomsSpec } from "../../data/study/atoms-schema.ts";
import type { LoadedStudy } from "../../data/study/load-study.ts";
import { writeFileAtomic } from "../../exec/atomic-file.ts";
import type { RunContext } from "../context.ts";
import { CHECKPOINTS, numbered, PROVENANCE } from "../output-files.ts";
import type { LearnPlan, LearnSystem } from "./learn-plan.ts";

interface Workflow<Plan> {
  plan(loaded: LoadedStudy, outDir: string): Plan;
  run(plan: Plan, context: RunContext): Promise<{ readonly warnings: readonly string[] }>;
  finished(plan: Plan, context: RunContext): boolean;
}

/**
 * @param noun begins the name of a checkpoint: it says that what lies in the folder belongs to this run of learning
 * @param parent folder in the results with a folder for each system
 * @returns folder of the results
 */
export async function runForSystem<Plan>(
  workflow: Workflow<Plan>,
  noun: string,
  parent: string,
  atoms: AtomsSpec,
  system: LearnSystem,
  { loaded }: LearnPlan,
  context: RunContext,
): Promise<string> {
  const { learn: _, ...study } = loaded.study;
  const plan = workflow.plan({ ...loaded, study: { ...study, atoms } }, context.outDir);
  const outDir = join(context.outDir, parent, system.name);
  const begun = join(context.outDir, CHECKPOINTS, `${numbered(noun, system.index)}.json`);
  const record = join(outDir, PROVENANCE);
  if (!context.resume || !existsSync(begun)) {
    // Of a potential that was learned before.
    rmSync(record, { force: true });
    writeFileAtomic(begun, "{}\n");
  }
  const own: RunContext = {
    ...context,
    outDir,
    resume: existsSync(record),
    say: (line) => context.say(`${system.name}: ${line}`),
  };
  if (!workflow.finished(plan, own)) await workflow.run(plan, own);
  return outDir;
}
