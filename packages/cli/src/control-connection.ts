import { connectGateway, findGateway, type GatewayControl, startGateway } from "@lectura/gateway";
import type { Context } from "./context.ts";
import { dataDirectoryOf } from "./data-directory.ts";

/** The gateway's control, of a running process or opened here on the data directory. */
export interface ControlConnection {
  readonly control: GatewayControl;
  /** Whether a gateway process answers; without one only the registry and the journal do. */
  readonly running: boolean;
}

/**
 * Uses the running gateway where there is one (`--api-url`, else the one on the data directory) and
 * opens registry and store directly where there is none.
 */
export async function withControl<Result>(
  context: Context,
  use: (connection: ControlConnection) => Promise<Result>,
): Promise<Result> {
  const { apiUrl, apiKey } = context.options;
  if (apiUrl !== undefined) {
    return use({ control: connectGateway({ url: apiUrl, key: apiKey ?? "" }), running: true });
  }
  const dataDirectory = dataDirectoryOf(context);
  const address = await findGateway(dataDirectory);
  if (address !== undefined) {
    return use({ control: connectGateway(address), running: true });
  }
  await using gateway = await startGateway({ dataDirectory, mode: "control" });
  return await use({ control: gateway.control, running: false });
}
