/** Reading a whole text file, plain or gzipped, with errors that a person can act on. */
import { constants, isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { dataError } from "../core/errors.ts";

/**
 * The text of a file. Gzip is told by its first two bytes, so a renamed `.gz` works too. A leading byte order
 * mark is dropped; line endings are left alone. XML that declares ISO-8859-1, as VASP's does, is read so;
 * everything else must be UTF-8.
 * @throws {EcitonError} "data" if the file is missing, a folder, unreadable, a damaged gzip, not UTF-8 (with the
 *   line), or longer than a string can be
 */
export function readTextFile(path: string): string {
  const raw = readBytes(path);
  const bytes = raw[0] === 0x1f && raw[1] === 0x8b ? unzip(path, raw) : raw;
  if (bytes.length > constants.MAX_STRING_LENGTH)
    throw dataError(
      path,
      null,
      `${bytes.length} bytes of text, at most ${constants.MAX_STRING_LENGTH} can be read`,
    );
  if (declaresLatin1(bytes)) return bytes.toString("latin1");
  if (!isUtf8(bytes))
    throw dataError(
      path,
      firstBadLine(bytes),
      "not UTF-8 text: if it is text in another encoding, convert it first (iconv -t UTF-8); if not, it is the wrong file",
    );
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString("utf8", hasMark ? 3 : 0);
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const reasons: Record<string, string> = {
      ENOENT: "there is no such file",
      ENOTDIR: "there is no such file",
      EISDIR: "expected a file, found a folder",
      EACCES: "no permission to read it",
    };
    const reason = reasons[code ?? ""] ?? `cannot be read (${code ?? (cause as Error).message})`;
    throw dataError(path, null, reason, cause);
  }
}

function unzip(path: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  } catch (cause) {
    throw dataError(path, null, `gzip file cannot be unpacked: ${(cause as Error).message}`, cause);
  }
}

function declaresLatin1(bytes: Buffer): boolean {
  const head = bytes.toString("latin1", 0, 100);
  return /^<\?xml[^>]*encoding\s*=\s*["']iso-8859-1["']/i.test(head);
}

function firstBadLine(bytes: Buffer): number {
  let start = 0;
  for (let line = 1; ; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    if (!isUtf8(bytes.subarray(start, end)) || newline < 0) return line;
    start = newline + 1;
  }
}
