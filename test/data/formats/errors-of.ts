import { EcitonError } from "../../../src/core/errors.ts";

/** Message of the data error that the function must throw. */
export function dataErrorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof EcitonError && error.code === "data") return error.message;
    throw error;
  }
  throw new Error("expected a data error, but nothing was thrown");
}
