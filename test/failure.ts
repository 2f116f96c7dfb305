/** The error that something must end with. */
import { expect } from "vitest";
import { EcitonError } from "../src/core/errors.ts";

export function failureOf(action: () => unknown): EcitonError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(EcitonError);
    return error as EcitonError;
  }
  throw new Error("it did not fail");
}
