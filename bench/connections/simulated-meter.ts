/** One simulated meter on the port given, until it is killed. */
import { startFleet } from "@lectura/simulator";

await startFleet({ meters: 1, port: Number(process.argv[2]) });
