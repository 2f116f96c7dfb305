/** Errors in the words of the study: modules below know their own options, not the keys that people write. */
import { EcitonError } from "../core/errors.ts";

/** The path in the study that an error's message begins with; empty if it does not. */
export function pathOf({ code, message, details }: EcitonError): string {
  if (typeof details.path === "string") return details.path;
  if (code !== "study" && code !== "memory") return "";
  return /^[a-z_]+(?:\.[A-Za-z_]\w*|\.\d+|\[\d+\])*(?=: )/.exec(message)?.[0] ?? "";
}

/**
 * The same error at another path.
 * @param names beginning of a path in the error -> what stands for it in the study
 */
export function inStudyTerms(error: unknown, names: Readonly<Record<string, string>>): unknown {
  if (!(error instanceof EcitonError)) return error;
  const path = pathOf(error);
  const begin = Object.keys(names).find((known) => path === known || path.startsWith(`${known}.`));
  if (begin === undefined) return error;
  const name = names[begin] + path.slice(begin.length);
  const message = error.message.startsWith(`${path}: `)
    ? error.message.slice(path.length + 2)
    : error.message;
  return new EcitonError(error.code, `${name}: ${message}`, { ...error.details, path: name }, error);
}
