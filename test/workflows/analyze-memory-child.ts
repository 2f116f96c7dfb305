/**
 * An analysis in a process of its own, so that its peak memory can be told: analyze-memory-child.ts RUN OUT. Prints one
 * JSON document.
 */
import { parseStudy } from "../../src/data/study/load-study.ts";
import { observerPlan } from "../../src/workflows/observers.ts";
import { analyze, removeSlabStudy, slabStudy } from "./slab-study.ts";

const [run, out] = process.argv.slice(2);
const observers = observerPlan(parseStudy(slabStudy, "slab.yaml"), []);
const { pooled, seconds } = await analyze([run], out, { observers });
removeSlabStudy();
process.stdout.write(
  JSON.stringify({
    observations: pooled[0].quantities.filter(({ kind }) => kind === "observation"),
    seconds,
    peak_MiB: process.resourceUsage().maxRSS / 1024,
  }),
);
