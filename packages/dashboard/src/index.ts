import { fileURLToPath } from "node:url";

/** Directory of the page's files; the gateway's API serves it at `/`. */
export const dashboardDirectory: string = fileURLToPath(new URL("../page", import.meta.url));
