/**
 * A path of basin hopping that can be killed at any time: node path-child.ts PAYLOAD RESULT. It says when it begins, goes on
 * from its checkpoint, and writes what it found.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { type HopPayload, runPath } from "../../../src/dynamics/hop/hop-task.ts";
import { createPotential, type PotentialSpec } from "../../../src/dynamics/potentials/create-potential.ts";

const [file, result] = process.argv.slice(2);
const payload = JSON.parse(readFileSync(file, "utf8")) as HopPayload<PotentialSpec>;
process.stdout.write("begun\n");
const flags = { cancel: new Int32Array(1), progress: new Int32Array(1), index: 0 };
const found = runPath(payload, flags, createPotential);
writeFileSync(result, JSON.stringify(found));
