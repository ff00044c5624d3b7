import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { extname, join, normalize, sep } from "node:path";

const mediaTypes: ReadonlyMap<string, string> = new Map([
  [".html", "text/html; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".ts", "text/javascript; charset=utf-8"],
  [".svg", "image/svg+xml"],
  [".png", "image/png"],
  [".ico", "image/x-icon"],
  [".woff2", "font/woff2"],
  [".json", "application/json; charset=utf-8"],
]);

export interface PageFile {
  readonly mediaType: string;
  readonly body: Uint8Array | string;
}

/** Files kept after their first use; a dashboard has a few dozen. */
const filesMax = 500;

/**
 * The dashboard's files. A TypeScript module is served with its types taken out, so that a clone
 * needs no build step. Only known kinds of file, never outside the directory.
 */
export class PageFiles {
  readonly #directory: string;
  readonly #files = new Map<string, PageFile>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** `path` as in the URL, decoded. Undefined where there is no such file. */
  async find(path: string): Promise<PageFile | undefined> {
    const wanted = path === "/" ? "/index.html" : path;
    const known = this.#files.get(wanted);
    if (known !== undefined) return known;
    const file = normalize(join(this.#directory, wanted));
    const mediaType = mediaTypes.get(extname(file));
    const isInside = file.startsWith(this.#directory + sep) && !wanted.includes("\0");
    if (mediaType === undefined || !isInside) return undefined;
    const body = await readFile(file).catch(() => undefined);
    if (body === undefined) return undefined;
    const isTypeScript = file.endsWith(".ts");
    const served = isTypeScript ? stripTypeScriptTypes(body.toString("utf8")) : body;
    const page: PageFile = { mediaType, body: served };
    if (this.#files.size < filesMax) this.#files.set(wanted, page);
    return page;
  }
}
