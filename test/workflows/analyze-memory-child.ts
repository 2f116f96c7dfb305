/**
 * An analysis in a process of its own, so that its peak memory can be told: analyze-memory-child.ts RUN OUT MODULE,
 * the module with an observer. Prints one JSON document.
 */
import { observerPlan } from "../../src/workflows/observers.ts";
import { analyze } from "./slab-study.ts";

const [run, out, module] = process.argv.slice(2);
const observers = observerPlan({ sample: undefined }, [module]);
const { pooled, seconds } = await analyze([run], out, { observers });
process.stdout.write(
  JSON.stringify({
    observation: pooled[0].quantities.find(({ name }) => name === "top left"),
    seconds,
    peak_MiB: process.resourceUsage().maxRSS / 1024,
  }),
);
