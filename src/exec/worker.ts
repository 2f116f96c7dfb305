/** The body of a thread: loads the named task once and runs it on each payload. */
import { EcitonError } from "../core/errors.ts";
import {
  loadTask,
  type TaskContext,
  type TaskFailure,
  type TaskFunction,
  type TaskSuccess,
} from "./executor.ts";

export default async function work(request: {
  task: TaskFunction;
  payload: unknown;
  context: TaskContext;
}): Promise<TaskFailure | TaskSuccess> {
  try {
    const run = await loadTask(request.task);
    return { failed: false, result: await run(request.payload, request.context) };
  } catch (error) {
    const known = error instanceof EcitonError ? error : null;
    return {
      failed: true,
      code: known?.code ?? "io",
      message: error instanceof Error ? error.message : String(error),
      details: known?.details ?? {},
      stack: error instanceof Error ? error.stack : undefined,
    };
  }
}
