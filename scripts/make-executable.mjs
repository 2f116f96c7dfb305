// tsc writes plain files; npx starts the command line as a program and does not always set the permission itself.
import { chmodSync } from "node:fs";
import { fileURLToPath } from "node:url";

chmodSync(fileURLToPath(new URL("../dist/cli/main.js", import.meta.url)), 0o755);
