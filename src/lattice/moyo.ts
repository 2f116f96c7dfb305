/** The symmetry library moyo, initialised from its WASM file once a process. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as moyoWasm from "@spglib/moyo-wasm";

let ready = false;

export function moyo(): typeof moyoWasm {
  if (!ready) {
    const path = createRequire(import.meta.url).resolve("@spglib/moyo-wasm/moyo_wasm_bg.wasm");
    moyoWasm.initSync({ module: new Uint8Array(readFileSync(path)) });
    ready = true;
  }
  return moyoWasm;
}
