import type { DatabaseSync } from "node:sqlite";
import { GatewayError } from "../errors.ts";
import { checkName, checkTemplate } from "./check-drafts.ts";
import { noSuch, refuseTakenName } from "./look-up.ts";
import type { Template } from "./model.ts";
import { resolvePlanKeys } from "./plan-key.ts";
import { readMeters } from "./registry-tables.ts";
import genericThreePhase from "./templates/generic-three-phase.json" with { type: "json" };
import microstar from "./templates/microstar.json" with { type: "json" };

/** Families Lectura knows out of the box. */
export const builtInTemplates: readonly Template[] = [microstar, genericThreePhase].map(
  checkTemplate,
);

const isBuiltIn = (name: string): boolean => builtInTemplates.some((known) => known.name === name);

/** The built-in ones, then those people added. */
export function readTemplates(database: DatabaseSync): readonly Template[] {
  const added = database
    .prepare("SELECT document FROM registry_templates ORDER BY name")
    .all()
    .map((row) => JSON.parse(String(row["document"])) as Template);
  return [...builtInTemplates, ...added];
}

/** @throws {GatewayError} `registry/no-such-template` */
export function getTemplate(database: DatabaseSync, name: string): Template {
  const templates = readTemplates(database);
  const found = templates.find((template) => template.name === name);
  if (found === undefined) throw noSuch("template", name, templates);
  return found;
}

/** @throws {GatewayError} `registry/invalid`, `registry/unknown-key`, `registry/name-taken` */
export function addTemplate(database: DatabaseSync, template: Template): Template {
  checkTemplate(template);
  checkName("template", template.name);
  resolvePlanKeys(template.plan.keys, template.channel);
  const isTaken = readTemplates(database).some(({ name }) => name === template.name);
  refuseTakenName("template", template.name, isTaken ? { id: 0 } : undefined, undefined);
  database
    .prepare("INSERT INTO registry_templates (name, document) VALUES (?, ?)")
    .run(template.name, JSON.stringify(template));
  return template;
}

/** @throws {GatewayError} `registry/template-built-in`, `registry/template-in-use` */
export function removeTemplate(database: DatabaseSync, name: string): void {
  getTemplate(database, name);
  if (isBuiltIn(name)) {
    throw new GatewayError("registry/template-built-in", `template "${name}" is built in`, {
      params: { name },
    });
  }
  const meters = readMeters(database, { template: name }).length;
  if (meters > 0) {
    throw new GatewayError(
      "registry/template-in-use",
      `template "${name}" is used by ${meters} meters`,
      { params: { name, meters } },
    );
  }
  database.prepare("DELETE FROM registry_templates WHERE name = ?").run(name);
}
