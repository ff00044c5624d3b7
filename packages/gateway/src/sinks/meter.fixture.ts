import { obisFromOctets } from "@lectura/dlms/cosem";
import type { Meter } from "../registry/model.ts";

/** A meter of the registry with one measurement in its plan. */
export function testMeter(id: number, name: string): Meter {
  return {
    id,
    name,
    lineId: 1,
    address: { size: 1, upper: 1, lower: 0 },
    association: { clientSap: 16, authentication: "none", quirks: {} },
    template: undefined,
    plan: {
      intervalMs: 2000,
      items: [
        {
          key: "voltage_l1",
          classId: 3,
          logicalName: obisFromOctets(Uint8Array.of(1, 0, 32, 7, 0, 255)),
          attributeId: 2,
          expectedUnit: 35,
          description: "Voltage L1",
        },
      ],
    },
    paused: false,
    hasPassword: false,
    hasThingsBoardToken: true,
    hasKeys: [],
    keyChangePending: false,
    createdAt: 0,
    updatedAt: 0,
  };
}
