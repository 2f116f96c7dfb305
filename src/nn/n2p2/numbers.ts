/** How n2p2 prints numbers. */
import { EcitonError } from "../../core/errors.ts";

/**
 * C's %.16E: 17 digits, which read back to the same bits.
 * @throws {EcitonError} "data" for NaN and Infinity, which no file may hold
 */
export function scientific(value: number): string {
  if (!Number.isFinite(value))
    throw new EcitonError("data", `a number to be written is ${value}; only finite numbers can be written`, {
      value,
    });
  const [mantissa, exponent] = (
    Object.is(value, -0) ? "-0.0000000000000000e+0" : value.toExponential(16)
  ).split("e");
  return `${mantissa}E${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}
