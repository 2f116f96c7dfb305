/** What is labeled before the first training: fresh structures of each system, and on request their ways down to a minimum. */
import { fixedAtoms } from "../../data/fixed-atoms.ts";
import type { Structure } from "../../data/structure.ts";
import { movingAtoms } from "../../dynamics/moving-atoms.ts";
import type { RunContext } from "../context.ts";
import { runTasks } from "../run-tasks.ts";
import { type Descent, type DescentPayload, descentTask } from "./descent-task.ts";
import type { LearnPlan } from "./learn-plan.ts";

export interface StartStructure {
  readonly system: string;
  readonly structure: Structure;
}

/** @throws {EcitonError} "cancelled" after an interruption */
export async function startStructures(plan: LearnPlan, context: RunContext): Promise<StartStructure[]> {
  const { section, systems, labeler, relax, loaded } = plan;
  const starts = systems.flatMap((system) =>
    Array.from(
      { length: section.start_structures },
      (_, k): StartStructure => ({
        system: system.name,
        structure: system.create(k),
      }),
    ),
  );
  const { spec } = labeler;
  if (section.start_descent === 0 || spec.kind !== "calculator") return starts;
  const descents = await runTasks<DescentPayload, Descent>(
    {
      task: descentTask,
      payloads: starts.map(
        ({ structure }): DescentPayload => ({
          potential: spec.potential,
          settings: relax,
          atoms: {
            ...movingAtoms(structure, fixedAtoms(structure, loaded.study.relax!.fix)),
            species: structure.species.map((one) => spec.species[one] ?? one),
          },
          count: section.start_descent,
        }),
      ),
      names: starts.map(({ structure }) => structure.name),
      noun: "starts",
      steps: null,
      label: "relaxing with the labeler",
    },
    context,
  );
  return starts.flatMap((start, k) => [
    start,
    ...descents[k].way.map(
      ({ positions, cell }, n): StartStructure => ({
        system: start.system,
        structure: { ...start.structure, positions, cell, name: `${start.structure.name}-descent-${n + 1}` },
      }),
    ),
  ]);
}
