/**
 * Waits for something real sockets bring about: looks again after every turn of the event loop. It
 * never gives up by itself; the test's own timeout does.
 */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise<void>((resolve) => setImmediate(resolve));
}
