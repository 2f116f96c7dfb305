/** The section `learn` of a study: a potential that asks for the structures that it needs. */
import { z } from "zod";
import { atomsSection } from "./atoms-checks.ts";
import type { SchemaPieces } from "./sample-schema.ts";

/** Rounds are numbered with four digits in names of files. */
const MOST_ROUNDS = 1000;

export function learnSchema(pieces: SchemaPieces) {
  const { positive, whole } = pieces;
  const trust = { low: 0.1, high: 1 } as const;
  const explore = { starts: 20, temperature_K: 600, steps: 1000, every_steps: 20 } as const;
  return z
    .strictObject({
      systems: z
        .array(
          z.strictObject({
            name: z
              .string()
              .regex(/^[A-Za-z0-9][A-Za-z0-9_.+-]*$/, "expected a name of letters, digits, _ . + and -")
              .describe("of the class of structures, and of the folders of its search and dynamics"),
            atoms: atomsSection(pieces).describe(
              "where its structures come from, as many as are needed; see the section atoms",
            ),
            search: atomsSection(pieces)
              .optional()
              .describe(
                "structures that the section hop begins with, where they are others, and every other exploration; default: atoms",
              ),
          }),
        )
        .min(1)
        .optional()
        .describe("atoms that one potential learns together; default: those of the section atoms"),
      start_structures: whole("structures of each system that are labeled before the first training").default(
        100,
      ),
      start_descent: z
        .int()
        .min(0)
        .default(0)
        .describe(
          "where the labeler is a potential: it also relaxes each of them, and so many structures on the way are labeled, the last at the minimum",
        ),
      rounds: whole("trainings at most; learning ends earlier where the target is met")
        .max(MOST_ROUNDS)
        .default(8),
      per_round: whole("structures that a round labels at most, beside the minima that it finds").default(
        200,
      ),
      trust: z
        .strictObject({
          low: positive("number", "members of the committee agree: nothing to learn, eV/Å").default(
            trust.low,
          ),
          high: positive("number", "they do not know what they do: the exploration ends there, eV/Å").default(
            trust.high,
          ),
        })
        .refine(({ low, high }) => low < high, { error: "expected low below high" })
        .default(trust)
        .describe(
          "structures between these are labeled: largest standard deviation of a force component among the members",
        ),
      explore: z
        .strictObject({
          starts: whole("fresh structures of each system that a round relaxes with the potential").default(
            explore.starts,
          ),
          temperature_K: positive("temperature", "of the dynamics that follow each relaxation, K").default(
            explore.temperature_K,
          ),
          steps: z
            .int()
            .min(0)
            .default(explore.steps)
            .describe("time steps of these dynamics, 1 fs each; 0: only relaxations"),
          every_steps: whole("steps and evaluations between structures that are looked at").default(
            explore.every_steps,
          ),
        })
        .default(explore)
        .describe("how a round looks for structures that the potential does not know"),
      target_meV_per_atom: positive(
        "number",
        "learning ends when the minima that a round found have energies with this root mean square error or less, meV/atom",
      ).default(10),
      check: z
        .int()
        .min(0)
        .default(20)
        .describe("lowest minima of the section hop that are labeled, for each system"),
    })
    .superRefine(({ systems }, context) => {
      const names = (systems ?? []).map(({ name }) => name);
      const twice = names.findIndex((name, k) => names.indexOf(name) !== k);
      if (twice > 0)
        context.addIssue({
          code: "custom",
          path: ["systems", twice, "name"],
          message: `there is another system ${names[twice]}`,
        });
    });
}

export type LearnSection = z.output<ReturnType<typeof learnSchema>>;
