/** A client's machines in front of a server's association, in memory. */
import type { AssociationOutcome } from "../client/association-outcome.ts";
import type { AssociationProfile } from "../client/association-profile.ts";
import { closedAssociation, stepAssociation } from "../client/association.ts";
import type { Exchange } from "../client/exchange.ts";
import { exchangeContext } from "../client/exchange-context.ts";
import type { ExchangeContext } from "../client/exchange.ts";
import { OctetWriter } from "../octets.ts";
import { answerOctetsCeiling, ServerAssociation } from "./association.ts";
import type { AssociationView } from "./view.ts";

const noPrefix = new Uint8Array(0);

export interface Dialogue {
  readonly server: ServerAssociation;
  /** All APDUs of one request's answer. */
  ask(apdu: Uint8Array): readonly Uint8Array[];
  /** Opens the association. @throws what the client's machine fails with */
  open(): AssociationOutcome;
  context(): ExchangeContext;
  run<Result>(exchange: Exchange<Result>): Result;
}

export function dialogue(view: AssociationView, profile: AssociationProfile): Dialogue {
  const writer = new OctetWriter(answerOctetsCeiling, 4096);
  const server = new ServerAssociation({ view, prefix: noPrefix, writer });
  let outcome: AssociationOutcome | undefined;
  const ask = (apdu: Uint8Array): readonly Uint8Array[] => {
    const answers: Uint8Array[] = [];
    let answer = server.receive(apdu, 0)?.slice();
    while (answer !== undefined) {
      answers.push(answer);
      answer = server.more()?.slice();
    }
    return answers;
  };
  return {
    server,
    ask,
    open: () => {
      let step = stepAssociation(closedAssociation, { type: "open" }, profile);
      while (step.command.type === "send") {
        const [apdu] = ask(step.command.apdu);
        if (apdu === undefined) throw new Error("no answer");
        step = stepAssociation(step.state, { type: "apdu", apdu }, profile);
      }
      if (step.command.type === "failed") throw step.command.error;
      if (step.command.type !== "associated") throw new Error(step.command.type);
      outcome = step.command.outcome;
      return outcome;
    },
    context: () => exchangeContext(outcome!, profile),
    run: (exchange) => {
      const out = new OctetWriter(answerOctetsCeiling, 256);
      exchange.start(out);
      for (;;) {
        const request = out.finish();
        out.reset();
        const [answer] = ask(profile.protection?.protect(request) ?? request);
        if (answer === undefined) throw new Error("no answer");
        const plain = profile.protection?.unprotect(answer) ?? answer;
        const step = exchange.receive(plain, out);
        if (step === "done") return exchange.result!;
        if (step !== "send") throw new Error(step);
      }
    },
  };
}
