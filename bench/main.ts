/** `npm run bench -- NAME [NAME...]`: a table for people, then one JSON document as the last line. */
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { strictJson } from "../src/exec/atomic-file.ts";
import type { BenchResult } from "./support/measure.ts";

type Run = () => Promise<BenchResult[]>;

/** Files beside this one; those without a `run` only help others. */
const files = readdirSync(new URL(".", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && entry.name !== "main.ts")
  .map((entry) => entry.name.slice(0, -".ts".length))
  .sort();

async function runOf(name: string): Promise<Run | undefined> {
  return files.includes(name) ? ((await import(`./${name}.ts`)) as { run?: Run }).run : undefined;
}

/** Columns as wide as their widest cell; numbers stand to the right. */
function tableOf(results: readonly BenchResult[]): string {
  const rows = results.map(({ name, value, unit }) => [name, value.toPrecision(4), unit]);
  const [wide, digits] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => `${row[0].padEnd(wide)}  ${row[1].padStart(digits)}  ${row[2]}`).join("\n");
}

async function main(names: readonly string[]): Promise<number> {
  const runs = await Promise.all(names.map(runOf));
  const unknown = names.filter((_, i) => !runs[i]);
  if (names.length === 0 || unknown.length > 0) {
    const fault =
      names.length === 0 ? "no benchmark was named" : `there is no benchmark ${unknown.join(", ")}`;
    const all = await Promise.all(files.map(runOf));
    console.error(`${fault}; the names are: ${files.filter((_, i) => all[i]).join(", ")}`);
    return 2;
  }
  const results: BenchResult[] = [];
  for (const run of runs) results.push(...(await run!()));
  const processors = cpus();
  const machine = {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    node: process.version,
  };
  console.log(tableOf(results));
  console.log(strictJson({ bench: names.join(" "), machine, results }));
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
