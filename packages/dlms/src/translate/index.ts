export { translateUnknown } from "./detect.ts";
export type { Json, JsonObject } from "./json.ts";
export { isLayerName, type LayerName, layerNames, translate } from "./layers.ts";
export type { TranslationRequest } from "./request.ts";
