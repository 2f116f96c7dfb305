/**
 * node label-child.ts PAYLOAD ARCHIVE MOST: labels the structures of a file in this thread, and can be killed at any time.
 * Where whoever wants to kill it is late, it does so itself between two tasks, once there are MOST entries.
 */
import { readFileSync } from "node:fs";
import { createExecutor } from "../../src/exec/executor.ts";
import { createLabeler } from "../../src/labelers/create-labeler.ts";
import { labelStructures } from "../../src/labelers/label-structures.ts";
import { createAnyPotential } from "../../src/workflows/atoms/create-any-potential.ts";
import { labelTask } from "../../src/workflows/atoms/label-task.ts";
import { entriesIn, structureOf } from "./labeler-case.ts";

const [payload, archive, most] = process.argv.slice(2);
setInterval(() => {
  if (entriesIn(archive).entries.length >= Number(most)) process.kill(process.pid, "SIGKILL");
}, 1);
const { spec, structures } = JSON.parse(readFileSync(payload, "utf8"));
await labelStructures(
  structures.map((one: { name: string; species: string[]; positions: number[] }) =>
    structureOf(one.name, one.species, one.positions),
  ),
  {
    spec,
    labeler: createLabeler(spec, createAnyPotential),
    task: labelTask,
    executor: createExecutor(0),
    archive,
  },
);
