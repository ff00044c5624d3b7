export {
  type FailedTranslation,
  guess,
  translateUnknown,
  type UnknownTranslation,
} from "./detect.ts";
export {
  type EncodableLayer,
  encodableLayers,
  encodeTree,
  isEncodableLayer,
} from "./encode-tree.ts";
export type { Json, JsonObject } from "./json.ts";
export { isLayerName, type LayerName, layerNames, translate } from "./layers.ts";
export type { DerivedBuffer, TranslationError, TranslationNode } from "./node.ts";
export type { TranslationRequest } from "./request.ts";
export { translateTree, type TranslationTree, type TreeOptions } from "./tree.ts";
