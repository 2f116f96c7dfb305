/** `eciton schema`: the JSON schema of study files, for editors. */
import type { Command } from "commander";
import { z } from "zod";
import { studySchema } from "../data/study/schema.ts";

export function registerSchema(program: Command): void {
  program
    .command("schema")
    .description("print the JSON schema of study files (for the completion and checks of an editor)")
    .option("--json", "the schema is always JSON; accepted for uniformity")
    .action(() => {
      process.stdout.write(`${JSON.stringify(z.toJSONSchema(studySchema(), { io: "input" }), null, 2)}\n`);
    });
}
