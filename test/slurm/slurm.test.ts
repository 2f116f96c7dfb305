/** Jobs of a real Slurm, which up.sh starts on this machine. In one file, because there is one Slurm. */
import { afterAll, beforeAll, describe } from "vitest";
import { buildCli } from "../cli/eciton.ts";
import { jobArrays } from "./arrays.ts";
import { loadBuilt } from "./case.ts";
import { bringUp, takeDown } from "./cluster.ts";
import { commands } from "./commands.ts";

const reason = bringUp();
if (reason !== null)
  console.warn(`skipped: the tests of job arrays, because Slurm cannot be started here: ${reason}`);

describe.skipIf(reason !== null)("Slurm", () => {
  beforeAll(async () => {
    await buildCli();
    await loadBuilt();
  });
  afterAll(takeDown);
  describe("job arrays", jobArrays);
  describe("eciton", commands);
});
