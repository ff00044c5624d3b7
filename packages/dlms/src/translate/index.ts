export { translateUnknown } from "./detect.ts";
export type { Json, JsonObject } from "./json.ts";
export {
  isLayerName,
  type LayerName,
  layerNames,
  translate,
  type TranslationRequest,
} from "./layers.ts";
