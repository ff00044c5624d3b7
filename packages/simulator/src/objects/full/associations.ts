/** The associations of a meter as objects, one for each client it knows. */
import { enumeration } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { apduOctetsMax } from "@lectura/dlms/octets";
import {
  type AssociationFacts,
  type AssociationView,
  currentAssociation,
  type ServerAttribute,
  type ServerObject,
} from "@lectura/dlms/server";

/** Clients in the order of their objects, 0-0:40.0.1 and so on. */
const clientSaps = [16, 2, 1] as const;
const nonAssociated = 0;
const associated = 2;

/** Association LN objects (class 15) that say what each client may, whoever asks. */
export function associationObjects(
  { identity }: { readonly identity: { readonly upper: number } },
  views: () => readonly AssociationView[],
): ServerObject[] {
  const current = currentAssociation(identity.upper);
  return clientSaps.map((clientSap, at): ServerObject => {
    const facts = (): AssociationFacts => factsOf(views(), clientSap);
    const attributes = Object.entries(current.attributes).map(
      ([id, attribute]): readonly [string, ServerAttribute] => {
        const { read } = attribute;
        if (read === undefined) return [id, attribute];
        const reading = (context: Parameters<typeof read>[0]): ReturnType<typeof read> =>
          read({ ...context, association: facts() });
        return [id, { ...attribute, read: reading }];
      },
    );
    return {
      classId: current.classId,
      version: current.version,
      logicalName: obis(`0.0.40.0.${at + 1}.255`),
      attributes: {
        ...Object.fromEntries(attributes),
        8: {
          read: ({ association }) =>
            enumeration(association.clientSap === clientSap ? associated : nonAssociated),
        },
      },
    };
  });
}

function factsOf(views: readonly AssociationView[], clientSap: number): AssociationFacts {
  const view = views.find((each) => each.clientSap === clientSap)!;
  const { authentication, conformance, maxPduOctets = apduOctetsMax } = view;
  return {
    clientSap,
    mechanism: authentication.mechanism,
    ciphered: view.security !== undefined,
    conformance,
    serverMaxPduOctets: maxPduOctets,
    clientMaxPduOctets: maxPduOctets,
    entries: view.objects.entries,
  };
}
