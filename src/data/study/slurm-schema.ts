/** The section `slurm` of a study: how jobs are asked for when chains run on a cluster. */
import { z } from "zod";

const whole = (describe: string) => z.int().min(1, "expected a whole number, at least 1").describe(describe);
const line = z.string().regex(/^[^\n]+$/, "expected one line of text");

/** What Eciton itself decides about a job array. */
const ownOptions = /^(?:--(?:array|job-name|wrap|parsable|wait|output|error)\b|-[aJWoe](?![a-z]{2}))/;

export const slurmSection = z
  .strictObject({
    partition: z.string().min(1).optional().describe("default: that of the cluster"),
    account: z.string().min(1).optional().describe("account that the time is charged to"),
    time: z
      .union([
        z.int().min(1),
        z.string().regex(/^(?:\d+-\d{1,2}(?::\d{2}){0,2}|\d+:\d{2}(?::\d{2})?)$/, {
          error: "expected minutes, or a time such as 02:00:00 or 1-12:00:00",
        }),
      ])
      .optional()
      .describe("longest time of a job, minutes or HH:MM:SS; chains go on in another job"),
    memory_GiB: z.number().positive().optional().describe("memory of a job"),
    memory_per_cpu_GiB: z.number().positive().optional().describe("memory of a job for each of its cores"),
    cpus_per_task: whole("cores of a job: so many chains run side by side in it").default(1),
    tasks_per_job: whole("chains that one job runs; default: one for each core").optional(),
    max_running: whole("at most so many jobs run at the same time").optional(),
    modules: z.array(line).default([]).describe("loaded with module load before Eciton starts"),
    setup: z.array(line).default([]).describe("shell lines before Eciton starts, after the modules"),
    node: z
      .string()
      .min(1)
      .optional()
      .describe("Node.js on the cluster's nodes; default: the program that runs here"),
    extra: z
      .array(line.regex(/^-/, "expected an option of sbatch, --qos=long"))
      .default([])
      .describe("more options of sbatch, one an item"),
    poll_s: z
      .number()
      .min(0.1, "expected at least 0.1 s")
      .default(15)
      .describe("time between two looks at the queue"),
    resubmits: z
      .int()
      .min(0)
      .default(3)
      .describe("how often a chain whose job failed is submitted again before it is given up"),
  })
  .superRefine((s, context) => {
    if (s.memory_GiB !== undefined && s.memory_per_cpu_GiB !== undefined)
      context.addIssue({ code: "custom", message: "give either memory_GiB or memory_per_cpu_GiB" });
    for (const [i, option] of s.extra.entries())
      if (ownOptions.test(option))
        context.addIssue({
          code: "custom",
          path: ["extra", i],
          message: `${option} is set by Eciton itself`,
        });
  })
  .describe("jobs of --executor slurm");
