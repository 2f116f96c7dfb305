/** The section `hop` of a study: a search for the lowest minima of the structures of the section `atoms`. */
import { z } from "zod";
import type { SchemaPieces } from "./sample-schema.ts";

/** By the names that src/dynamics/hop gives its moves. */
const moveDescriptions = {
  displace: "every atom moves at random by up to step_A in each direction",
  displace_some: "an atom and some of its neighbours move at random",
  exchange: "two atoms of different species change places",
  surface: "the least bound atoms are put down elsewhere on the surface",
  twist: "what lies beyond a plane through a cluster is turned against the rest",
} as const;

const usualHop = {
  paths: 10,
  keep: 100,
  target_tolerance_eV: 1e-4,
  same: { energy_eV: 1e-3, distance_A: 0.02 },
  min_distance_A: 0.5,
} as const;

/** All are kept in memory, and in the checkpoint of every path. */
const MOST_KEPT = 10_000;

export function hopSchema({ quantity, positive, whole }: SchemaPieces) {
  const weight = (describe: string) =>
    quantity("number", describe)
      .refine((x) => x >= 0, { error: "expected zero or more" })
      .default(0);
  const moves = z.strictObject({
    displace: weight(moveDescriptions.displace),
    displace_some: weight(moveDescriptions.displace_some),
    exchange: weight(moveDescriptions.exchange),
    surface: weight(moveDescriptions.surface),
    twist: weight(moveDescriptions.twist),
  });

  return z
    .strictObject({
      sampling: z
        .enum(["walk", "independent"])
        .default("walk")
        .describe(
          "walk: each trial begins at the minimum where the path stands; independent: each is a fresh structure of the section atoms",
        ),
      paths: whole("independent searches, done in parallel").default(usualHop.paths),
      steps: whole("structures that each path relaxes, its start among them"),
      temperature_K: positive(
        "temperature",
        "walk: of the Metropolis rule for the energies of minima, K",
      ).optional(),
      moves: moves
        .refine((m) => Object.values(m).some((w) => w > 0), {
          error: "expected at least one weight above zero",
        })
        .optional()
        .describe(
          "how often each move is tried; default: what these atoms allow, see [basin hopping](basin-hopping.md#moves)",
        ),
      step_A: positive(
        "length",
        "longest displacement in each direction, Å; default: 0.36 of the distance between neighbours at the first minimum",
      ).optional(),
      target_acceptance: positive(
        "number",
        "adapt the step until so many displacements are accepted; default: it stays",
      )
        .refine((x) => x < 1, { error: "expected a share below 1" })
        .optional(),
      restart_after: whole(
        "a path begins anew with a fresh structure after so many trials without a lower energy; default: never",
      ).optional(),
      target_eV: quantity("energy", "a path ends where it finds this energy or less, eV").optional(),
      target_tolerance_eV: positive("energy", "what counts as found, eV").default(
        usualHop.target_tolerance_eV,
      ),
      keep: whole("lowest distinct minima that are kept")
        .max(
          MOST_KEPT,
          `expected at most ${MOST_KEPT} minima; save: accepted keeps more structures, in files`,
        )
        .default(usualHop.keep),
      same: z
        .strictObject({
          energy_eV: positive("energy", "minima whose energies differ by more are different, eV").default(
            usualHop.same.energy_eV,
          ),
          distance_A: positive(
            "length",
            "minima whose sorted distances differ by more somewhere are different, Å",
          ).default(usualHop.same.distance_A),
        })
        .default(usualHop.same)
        .describe("which minima are one and the same"),
      container_A: positive(
        "length",
        "minima with an atom farther from the centre are refused, Å; default: only those in several parts",
      ).optional(),
      min_distance_A: positive("length", "minima with atoms closer than this are refused, Å").default(
        usualHop.min_distance_A,
      ),
      save: z
        .enum(["minima", "accepted", "quenches"])
        .default("minima")
        .describe(
          "structures that are written: the lowest minima; also every accepted one; or moments of all relaxations with forces, for training",
        ),
    })
    .superRefine((section, context) => {
      const add = (path: string, message: string) =>
        context.addIssue({ code: "custom", path: [path], message });
      if (section.sampling === "walk") {
        if (section.temperature_K === undefined)
          add("temperature_K", "a walk needs the temperature of its Metropolis rule");
        return;
      }
      for (const key of ["temperature_K", "moves", "step_A", "target_acceptance", "restart_after"] as const)
        if (section[key] !== undefined)
          add(key, "belongs to sampling: walk; independent structures are neither moved nor refused");
    });
}

export type HopSection = z.output<ReturnType<typeof hopSchema>>;
