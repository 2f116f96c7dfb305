/**
 * A chain reduced to its trajectory: node trajectory-child.ts TRAJECTORY CHECKPOINT FRAMES. It goes on from the
 * checkpoint if there is one, prints a line at each checkpoint, and can be killed at any time.
 */
import { existsSync, readFileSync } from "node:fs";
import { TrajectoryWriter } from "../../src/data/trajectory-writer.ts";
import { writeFileAtomic } from "../../src/exec/atomic-file.ts";
import { frameOf, trajectoryHeader } from "./trajectory-frames.ts";

const [path, checkpoint, total] = process.argv.slice(2);
const frames = Number(total);
const done = existsSync(checkpoint) ? Number(readFileSync(checkpoint, "utf8")) : null;
const writer =
  done === null
    ? TrajectoryWriter.create(path, trajectoryHeader)
    : TrajectoryWriter.resume(path, trajectoryHeader, done);
while (writer.frames < frames) {
  const { step, energy, occupation } = frameOf(writer.frames);
  writer.append(step, energy, occupation);
  if (writer.frames % 500 === 0) {
    writer.sync();
    writeFileAtomic(checkpoint, String(writer.frames));
    process.stdout.write(`${writer.frames}\n`);
  }
}
writer.close();
