import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import {
  type RelaxedAtoms,
  type RelaxOutcome,
  relaxStructures as relaxStructuresWith,
  type RelaxPayload as TaskPayload,
} from "../../../src/dynamics/minimise/relax-task.ts";
import type { MovingAtoms } from "../../../src/dynamics/moving-atoms.ts";
import { createPotential } from "../../../src/dynamics/potentials/create-potential.ts";
import type { GuptaSpec } from "../../../src/dynamics/potentials/gupta.ts";
import { guptaSet } from "../../../src/dynamics/potentials/parameter-sets.ts";
import type { TaskContext } from "../../../src/exec/executor.ts";
import { scratch } from "../../cli/eciton.ts";
import { failureOf } from "../../failure.ts";
import { randomBall, settings } from "./plain-atoms.ts";

type RelaxPayload = TaskPayload<GuptaSpec>;
const relaxStructures = (payload: RelaxPayload, context: TaskContext) =>
  relaxStructuresWith(payload, context, createPotential);

function cluster(index: number): MovingAtoms {
  return {
    species: new Array<string>(8).fill("Cu"),
    periodic: [false, false, false],
    positions: randomBall(8, 3, new RandomStream(6, index)),
    cell: new Float64Array(9),
    fixed: null,
  };
}

function payloadOf(
  checkpoint: RelaxPayload["checkpoint"],
  structures = [0, 1, 2, 3].map(cluster),
): RelaxPayload {
  return {
    potential: guptaSet("cleri-rosato-1993", ["Cu"], "none"),
    settings: { ...settings, forceTolerance: 1e-5 },
    structures,
    checkpoint,
  };
}

/** A context that asks to stop when so many structures are finished. */
function contextOf(stopAfter: number) {
  const cancel = new Int32Array(new SharedArrayBuffer(4));
  const progress = new Int32Array(new SharedArrayBuffer(4));
  if (stopAfter === 0) cancel[0] = 1;
  let told = 0;
  return {
    cancel,
    index: 0,
    get progress() {
      if (++told === stopAfter) Atomics.store(cancel, 0, 1);
      return progress;
    },
  };
}

function outcomesOf(result: ReturnType<typeof relaxStructures>): readonly RelaxOutcome[] {
  if (result.interrupted) throw new Error("it was interrupted");
  return result.outcomes;
}

describe("a task of relaxations", () => {
  it("gives the same to the last bit however often it is interrupted, and relaxes nothing twice", () => {
    const whole = outcomesOf(relaxStructures(payloadOf(null), contextOf(-1)));
    const path = join(scratch(), "relax-0000.json");
    expect(relaxStructures(payloadOf({ path, resume: false }), contextOf(0))).toEqual({ interrupted: true });
    expect(relaxStructures(payloadOf({ path, resume: true }), contextOf(1))).toEqual({ interrupted: true });
    expect(relaxStructures(payloadOf({ path, resume: true }), contextOf(2))).toEqual({ interrupted: true });
    // Three are finished, so that one is left to do.
    const context = contextOf(1);
    const outcomes = outcomesOf(relaxStructures(payloadOf({ path, resume: true }), context));
    expect(context.cancel[0]).toBe(1);
    expect(outcomes).toEqual(whole);
    expect(outcomes).toHaveLength(4);
    for (const outcome of outcomes as RelaxedAtoms[]) {
      expect(outcome.result.ended).toBe("forces");
      expect(Math.max(...outcome.forces.map(Math.abs))).toBeLessThanOrEqual(1e-5);
      expect(outcome.stress).toBeNull();
    }
  });

  it("goes on when a structure cannot be described, and says why", () => {
    const broken = cluster(1);
    broken.positions.copyWithin(3, 0, 3);
    const outcomes = outcomesOf(
      relaxStructures(payloadOf(null, [cluster(0), broken, cluster(2)]), contextOf(-1)),
    );
    expect(outcomes.map((outcome) => "message" in outcome)).toEqual([false, true, false]);
    expect(outcomes[1]).toMatchObject({ code: "data" });
  });

  it("refuses the checkpoint of other structures", () => {
    const path = join(scratch(), "relax-0000.json");
    relaxStructures(payloadOf({ path, resume: false }), contextOf(-1));
    expect(existsSync(path)).toBe(true);
    const other = payloadOf({ path, resume: true }, [cluster(5)]);
    expect(failureOf(() => relaxStructures(other, contextOf(-1))).code).toBe("data");
  });
});
