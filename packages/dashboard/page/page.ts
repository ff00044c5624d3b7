/** Live values: one look at `/api/v1/status`, then the event stream. Speaks only the public API. */

interface ReadingItem {
  readonly type: "reading";
  readonly meter: string;
  readonly key: string;
  readonly value: string;
  readonly unit: string;
  readonly measuredAt: number;
  readonly quality: readonly string[];
}
interface EventItem {
  readonly type: "event";
  readonly code: string;
  readonly severity: string;
  readonly meter?: string;
  readonly message: string;
  readonly at: number;
}
interface StatusAnswer {
  readonly meters: readonly {
    readonly meter: { readonly name: string };
    readonly at: string;
    readonly state: string;
    readonly code?: string;
    readonly latest: readonly ReadingItem[];
  }[];
  readonly sinks: readonly {
    readonly sink: { readonly name: string; readonly kind: string };
    readonly health: { readonly state: string; readonly code?: string };
    readonly counts: {
      readonly acknowledged: number;
      readonly pending: number;
      readonly deadLettered: number;
    };
  }[];
}

const texts = {
  en: {
    skip: "Skip to meters",
    language: "Language",
    sinks: "Delivery",
    meters: "Meters",
    events: "Events",
    none: "Nothing yet.",
    noMeters: "No meters yet. Add one with: lectura meter add NAME --tcp HOST:PORT",
    acknowledged: "acknowledged",
    pending: "pending",
    deadLettered: "rejected",
    ago: "seconds ago",
    live: "live",
    lost: "connection lost, trying again",
    power: "Active power, last minutes",
  },
  es: {
    skip: "Ir a los medidores",
    language: "Idioma",
    sinks: "Entrega",
    meters: "Medidores",
    events: "Eventos",
    none: "Todavía nada.",
    noMeters: "Aún no hay medidores. Añada uno: lectura meter add NOMBRE --tcp HOST:PUERTO",
    acknowledged: "confirmadas",
    pending: "pendientes",
    deadLettered: "rechazadas",
    ago: "segundos atrás",
    live: "en vivo",
    lost: "conexión perdida, reintentando",
    power: "Potencia activa, últimos minutos",
  },
} as const;
type Word = keyof (typeof texts)["en"];

const curvePointsMax = 150;
const eventsShownMax = 20;
const curveKey = "active_power";

interface MeterView {
  readonly rows: Map<string, ReadingItem>;
  readonly curve: { readonly at: number; readonly value: number }[];
  state: string;
  code: string | undefined;
  tcp: string | undefined;
  lastAt: number;
}

const views = new Map<string, MeterView>();
const events: EventItem[] = [];
let language: keyof typeof texts = navigator.language.startsWith("es") ? "es" : "en";
let sinks: StatusAnswer["sinks"] = [];
let connected = false;

const word = (name: Word): string => texts[language][name];
const element = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new TypeError(`the page has no #${id}`);
  return found;
};
const make = (tag: string, text = "", className = ""): HTMLElement => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className !== "") made.className = className;
  return made;
};

function viewOf(name: string): MeterView {
  let view = views.get(name);
  if (view === undefined) {
    view = {
      rows: new Map(),
      curve: [],
      state: "idle",
      code: undefined,
      tcp: undefined,
      lastAt: 0,
    };
    views.set(name, view);
  }
  return view;
}

function take(item: ReadingItem): void {
  const view = viewOf(item.meter);
  view.rows.set(item.key, item);
  view.lastAt = Math.max(view.lastAt, item.measuredAt);
  if (item.key !== curveKey || view.curve.at(-1)?.at === item.measuredAt) return;
  view.curve.push({ at: item.measuredAt, value: Number(item.value) });
  if (view.curve.length > curvePointsMax) view.curve.shift();
}

/** A curve scaled to its own range; a person looks at the shape, the table has the number. */
function curveOf(view: MeterView): Element | undefined {
  if (view.curve.length < 3) return undefined;
  const values = view.curve.map(({ value }) => value);
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const step = 100 / (values.length - 1);
  const path = values
    .map(
      (value, index) =>
        `${index === 0 ? "M" : "L"}${index * step} ${29 - ((value - low) / span) * 28}`,
    )
    .join("");
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "curve");
  svg.setAttribute("viewBox", "0 0 100 30");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", word("power"));
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

function cardOf(name: string, view: MeterView): HTMLElement {
  const card = make("article");
  const head = make("header");
  const bad = view.state === "failing" || view.state === "held";
  const state = view.code === undefined ? view.state : `${view.state} (${view.code})`;
  head.append(make("h3", name), make("span", state, `state ${bad ? "bad" : "good"}`));
  const ageS = Math.max(0, Math.round((Date.now() - view.lastAt) / 1000));
  const age = view.lastAt === 0 ? "" : `${ageS} ${word("ago")}`;
  card.append(head, make("p", [view.tcp, age].filter(Boolean).join(" - "), "age"));
  const table = make("table");
  for (const item of view.rows.values()) {
    const row = make("tr", "", item.quality.length > 0 ? "flagged" : "");
    const key = make("th", item.key);
    key.setAttribute("scope", "row");
    row.title = item.quality.join(", ");
    row.append(key, make("td", item.value, "value"), make("td", item.unit, "unit"));
    table.append(row);
  }
  card.append(table);
  const curve = curveOf(view);
  if (curve !== undefined) card.append(curve, make("p", word("power"), "caption"));
  return card;
}

function draw(): void {
  document.documentElement.lang = language;
  for (const place of document.querySelectorAll<HTMLElement>("[data-text]")) {
    place.textContent = word(place.dataset["text"] as Word);
  }
  element("summary").textContent = connected ? word("live") : word("lost");
  element("sinks").replaceChildren(
    ...(sinks.length === 0
      ? [make("li", word("none"), "empty")]
      : sinks.map(({ sink, health, counts }) => {
          const item = make("li");
          const good = health.state === "connected";
          item.append(
            make("strong", sink.name),
            make("span", health.code ?? health.state, `state ${good ? "good" : "bad"}`),
            make("span", `${counts.acknowledged} ${word("acknowledged")}`),
            make("span", `${counts.pending} ${word("pending")}`),
            make("span", `${counts.deadLettered} ${word("deadLettered")}`),
          );
          return item;
        })),
  );
  element("meters").replaceChildren(
    ...(views.size === 0
      ? [make("p", word("noMeters"), "empty")]
      : [...views].map(([name, view]) => cardOf(name, view))),
  );
  element("events").replaceChildren(
    ...(events.length === 0
      ? [make("li", word("none"), "empty")]
      : events.map(({ at, code, meter, message }) =>
          make("li", `${new Date(at).toLocaleTimeString()} ${meter ?? ""} ${code}: ${message}`),
        )),
  );
}

async function look(): Promise<void> {
  try {
    const answer = await fetch("/api/v1/status");
    const status = (await answer.json()) as StatusAnswer;
    const names = new Set(status.meters.map(({ meter }) => meter.name));
    for (const name of views.keys()) if (!names.has(name)) views.delete(name);
    for (const { meter, at, state, code, latest } of status.meters) {
      const view = viewOf(meter.name);
      view.state = state;
      view.code = code;
      view.tcp = at;
      for (const item of latest) take({ ...item, meter: meter.name });
    }
    ({ sinks } = status);
  } catch {
    connected = false;
  }
}

const stream = new EventSource("/api/v1/stream");
stream.addEventListener("open", () => {
  connected = true;
});
stream.addEventListener("error", () => {
  connected = false;
});
stream.addEventListener("message", ({ data }: MessageEvent<string>) => {
  const item = JSON.parse(data) as ReadingItem | EventItem;
  if (item.type === "reading") take(item);
  else {
    events.unshift(item);
    events.length = Math.min(events.length, eventsShownMax);
  }
});

const choice = element("language") as HTMLSelectElement;
choice.value = language;
choice.addEventListener("change", () => {
  language = choice.value === "es" ? "es" : "en";
  draw();
});
await look();
draw();
setInterval(() => void look(), 5000);
setInterval(draw, 1000);
