/** Writer of n2p2's input.data. */
import { EcitonError } from "../../core/errors.ts";
import { isElement } from "../elements.ts";
import type { Structure } from "../structure.ts";
import type { N2p2Options } from "./n2p2-data.ts";
import { conversions, fileUnits, unconverted } from "./n2p2-units.ts";
import { numberText } from "./tokens.ts";

/**
 * Text that n2p2 reads, and that reads back to the same bits where the units are Å and eV, or the numbers came from a file of
 * the same units; to one unit of the last digit otherwise.
 * @throws {EcitonError} "data" for a structure without energy or forces, with species that are no elements, or periodic in some
 *   directions only, none of which the format can say
 */
export function writeN2p2Data(structures: readonly Structure[], options: N2p2Options = {}): string {
  const convert = conversions(fileUnits(options.units));
  const length = (value: number) => numberText(unconverted(value, convert.length));
  const force = (value: number) => numberText(unconverted(value, convert.force));
  const energyText = (value: number) => numberText(unconverted(value, convert.energy));
  return structures
    .map((structure, index) => {
      const { cell, periodic, species, positions, energy, forces, info, name } = structure;
      const fail = (message: string): never => {
        throw new EcitonError("data", `input.data: structure ${index + 1} (${name}): ${message}`);
      };
      if (energy === undefined) return fail("it has no energy, which the format needs");
      if (forces === undefined) return fail("it has no forces, which the format needs");
      const wrong = species.find((one) => !isElement(one));
      if (wrong !== undefined) return fail(`species "${wrong}" is no element`);
      if (new Set(periodic).size > 1)
        return fail("it is periodic in some directions only; the format knows none or all three");
      const charges = info["atom.charge"] as readonly number[] | undefined;
      const set = info.set === "train" || info.set === "test" ? ` set=${info.set}` : "";
      const vectors = periodic[0] ? [0, 3, 6] : [];
      return [
        `begin${set}`,
        ...(name === "" ? [] : [`comment ${name.replace(/\s+/g, " ")}`]),
        ...vectors.map((v) => `lattice ${Array.from(cell.subarray(v, v + 3), length).join(" ")}`),
        ...species.map((element, i) => {
          const at = (values: Float64Array) => values.subarray(3 * i, 3 * i + 3);
          const place = Array.from(at(positions), length).join(" ");
          return `atom ${place} ${element} ${numberText(charges?.[i] ?? 0)} 0 ${Array.from(at(forces), force).join(" ")}`;
        }),
        `energy ${energyText(energy)}`,
        `charge ${numberText(typeof info.charge === "number" ? info.charge : 0)}`,
        "end\n",
      ].join("\n");
    })
    .join("");
}
